"""One question through the running system, as the console and the admin's test page ask it: the same service as the socket.

Origin `console`: outside analytics and limits. Loads no model library; waits for the workers' commits.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from csbot.accounts.models import Site
from csbot.conversations.contracts import Reason
from csbot.conversations.errors import NotYours
from csbot.conversations.events import Language
from csbot.conversations.models import Conversation, Message, Turn
from csbot.conversations.services.accept import Accepted, message_accept
from csbot.conversations.sessions import VisitorSession
from csbot.lib.ids import new_id
from csbot.lib.status import status_read

POLL_S, POLL_LATER_S, SOON_S = 0.02, 0.2, 2.0
WAITING_AT_ONCE, OF_A_COMPANY = 24, 8  # of one process: each of them holds a thread and a connection
ENDED = (Turn.State.DONE, Turn.State.CANCELLED, Turn.State.FAILED)


_lock = threading.Lock()
_waiting: Counter[UUID] = Counter()


class NothingRuns(Exception):
    """No answers worker gives a sign of life."""


class TimedOut(Exception):
    """The turn did not end in time."""


@dataclass(frozen=True, slots=True)
class Reply:
    conversation: Conversation
    turn: Turn
    messages: list[Message]
    first_sign_ms: float
    first_token_ms: float | None
    total_ms: float


def question_ask(text: str, *, site_key: str = "", conversation_id: str = "", language: Language | None = None, timeout_s: float = 60) -> Reply:
    """Ask and wait. Raises NothingRuns, TimedOut, or what the socket's sender would be refused with."""
    if status_read("answers").state == "down":
        raise NothingRuns
    session = _session(site_key, conversation_id)
    start = time.monotonic()
    accepted = message_accept(session=session, client_id=str(new_id()), text=text, origin=Conversation.Origin.CONSOLE, language=language)
    return answer_wait(accepted, start, timeout_s)


def _session(site_key: str, conversation_id: str) -> VisitorSession:
    if conversation_id:
        known = Conversation.objects.filter(pk=conversation_id).first()
        if known is None:
            raise NotYours
        return VisitorSession(known.company_id, known.site_id, known.visitor_id)
    sites = Site.objects.filter(is_active=True)
    site = sites.filter(key=site_key).first() if site_key else sites.order_by("created").first()
    if site is None:
        raise NotYours
    return VisitorSession(site.company_id, site.pk, new_id())


def answer_wait(accepted: Accepted, start: float, timeout_s: float) -> Reply:
    """Raises TimedOut, or NotYours where a person has the conversation. `start` is a moment of time.monotonic.

    Where too many wait already, TimedOut comes at once: the answer is there later all the same.
    """
    with _place(accepted.conversation.company_id):
        return _answer_wait(accepted, start, timeout_s)


@contextmanager
def _place(company_id: UUID) -> Iterator[None]:
    with _lock:
        if _waiting[company_id] >= OF_A_COMPANY or _waiting.total() >= WAITING_AT_ONCE:
            raise TimedOut
        _waiting[company_id] += 1
    try:
        yield
    finally:
        with _lock:
            _waiting[company_id] -= 1


def _answer_wait(accepted: Accepted, start: float, timeout_s: float) -> Reply:
    first_sign_ms = 0.0
    turn = accepted.turn
    while turn is not None:
        turn = Turn.objects.select_related("question", "trace").get(pk=turn.pk)
        elapsed_ms = (time.monotonic() - start) * 1000
        if not first_sign_ms and (turn.state in ENDED or turn.gen):
            first_sign_ms = elapsed_ms
        if turn.state in ENDED:
            return _reply(accepted.conversation, turn, first_sign_ms, elapsed_ms)
        if elapsed_ms > timeout_s * 1000:
            raise TimedOut
        time.sleep(POLL_S if elapsed_ms < SOON_S * 1000 else POLL_LATER_S)
    raise NotYours  # a person has the conversation: nobody answers a console


def _reply(conversation: Conversation, turn: Turn, first_sign_ms: float, total_ms: float) -> Reply:
    messages = list(Message.objects.filter(turn=turn).exclude(sender=Message.Sender.VISITOR).order_by("created"))
    engine = turn.trace.data.get("generation", {}) if hasattr(turn, "trace") else {}
    first_token_ms = engine.get("first_token_ms")
    return Reply(conversation, turn, messages, first_sign_ms, first_sign_ms + first_token_ms if first_token_ms is not None else None, total_ms)


def reply_as_json(reply: Reply) -> dict[str, Any]:
    """The keys of DESIGN 10."""
    turn, trace = reply.turn, getattr(reply.turn, "trace", None)
    data = trace.data if trace else {}
    wrap = reply.messages[-1].wrap if reply.messages else {}
    reason: Reason | str = turn.reason
    return {
        "route": turn.route,
        "reason": reason,
        "text": "\n".join(message.text for message in reply.messages),
        "language": reply.messages[-1].language if reply.messages else turn.question.language,
        "faq": turn.decision.get("faq"),
        "options": wrap.get("options", []),
        "sources": wrap.get("sources", []),
        "rung": data.get("rung"),
        "grounded": data.get("grounded"),
        "filter": data.get("filter"),
        "handoff": wrap.get("handoff", {"offered": False, "reason": ""}),
        "ms": {
            "first_sign": round(reply.first_sign_ms, 1),
            "first_token": round(reply.first_token_ms, 1) if reply.first_token_ms is not None else None,
            "total": round(reply.total_ms, 1),
            **data.get("ms", {}),
        },
        "conversation": str(reply.conversation.pk),
        "owner": Conversation.objects.values_list("owner", flat=True).get(pk=reply.conversation.pk),
        "trace": data,
    }
