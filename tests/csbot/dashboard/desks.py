"""People at desks, and visitors who have written, for the tests of both."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.test import Client

from csbot.accounts.models import Agent, Company, Site, User
from csbot.conversations.models import Conversation
from csbot.conversations.services.accept import message_accept
from csbot.conversations.sessions import VisitorSession
from tests.csbot.conversations.chat import session_for


def agent_of(company: Company, name: str, role: str = "agent", **fields: Any) -> Agent:
    return Agent.objects.create(company=company, user=User.objects.create_user(name), display_name=name.title(), role=role, **fields)


def conversation_of(site: Site, *texts: str, session: VisitorSession | None = None) -> Conversation:
    session = session or session_for(site)
    for text in texts or ("answer me",):
        accepted = message_accept(session=session, client_id=str(uuid4()), text=text)
    return Conversation.objects.get(pk=accepted.conversation.pk)


class Desk:
    """An agent who is signed in, as their browser speaks."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.client = Client()
        self.client.force_login(agent.user)

    @property
    def cookie(self) -> tuple[bytes, bytes]:
        return (b"cookie", f"sessionid={self.client.cookies['sessionid'].value}".encode())

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query)

    def post(self, path: str, body: Any = None, *, ver: int | None = None) -> Any:
        return self._send("post", path, body, ver)

    def put(self, path: str, body: Any) -> Any:
        return self._send("put", path, body, None)

    def _send(self, method: str, path: str, body: Any, ver: int | None) -> Any:
        headers = {"If-Match": str(ver)} if ver is not None else {}
        return getattr(self.client, method)(f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers)
