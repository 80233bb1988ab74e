"""Who calls: a person of a company who signed in, or a program with one of its keys; and what they may do.

Every door (dashboard, API, socket) asks a Caller, so that roles and scopes mean the same everywhere. A caller sees one company, and
of it only the sites that they were given; the rest does not exist for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from django.http import HttpRequest

from csbot.accounts.models import Agent

Right = Literal[
    "desk.read",  # conversations, queue, labels, canned replies
    "desk.act",  # reply, take, note, label, close …
    "reports.read",
    "knowledge.read",
    "knowledge.edit",
    "company.manage",  # sites, people, keys, webhooks, lookups, audit log
    "chat",  # ask the bot through the API
]
RIGHTS_OF_ROLE: dict[str, frozenset[Right]] = {
    "admin": frozenset({"desk.read", "desk.act", "reports.read", "knowledge.read", "knowledge.edit", "company.manage", "chat"}),
    "editor": frozenset({"desk.read", "reports.read", "knowledge.read", "knowledge.edit", "chat"}),
    "agent": frozenset({"desk.read", "desk.act", "reports.read", "knowledge.read", "chat"}),
    "viewer": frozenset({"desk.read", "reports.read", "knowledge.read"}),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """`sites`: ids of the sites that they see; None means every site of the company."""

    company_id: UUID
    sites: frozenset[UUID] | None
    rights: frozenset[Right]
    name: str
    agent: Agent | None = None

    def may(self, right: Right) -> bool:
        return right in self.rights

    def sees_site(self, site_id: UUID) -> bool:
        return self.sites is None or site_id in self.sites


class Key(Protocol):
    """What authentication leaves in `request.auth` for a program; see csbot.api.keys."""

    def caller(self) -> Caller: ...


def caller_of_agent(agent: Agent) -> Caller:
    sites = frozenset(agent.sites.values_list("pk", flat=True))
    return Caller(agent.company_id, sites or None, RIGHTS_OF_ROLE[agent.role], agent.display_name, agent)


def caller_of(request: HttpRequest) -> Caller | None:
    """None for strangers, and for people without a company."""
    key = getattr(request, "auth", None)
    if key is not None and hasattr(key, "caller"):
        caller: Caller = key.caller()
        return caller
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_active:
        return None
    agent: Agent | None = getattr(user, "agent", None)
    return caller_of_agent(agent) if agent else None
