"""One conversation as agents see it: what was said, why the bot answered as it did, notes, and the stays with people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csbot.accounts.callers import Caller
from csbot.conversations.explaining import trace_in_words
from csbot.conversations.messages import message_data
from csbot.conversations.models import Conversation, Frame, Handoff, Message, Note, Turn
from csbot.conversations.sensing import hit_in_words
from csbot.dashboard.rows import rows_of
from csbot.lib.clock import to_wire

MAX_MESSAGES = 300
MAX_OWNERS = 60


def conversation_detail(conversation: Conversation, caller: Caller) -> dict[str, Any]:
    """`seq` is read with the conversation, before its messages: what is committed later is not missed after it."""
    newest = Message.objects.filter(conversation=conversation).select_related("agent", "feedback", "turn__trace").order_by("-created", "-id")
    visitor = conversation.visitor
    (row,) = rows_of([conversation], caller)
    stays = list(conversation.handoffs.select_related("agent"))
    return {
        **row,
        "visitor": {
            **row["visitor"],
            "language": visitor.language or conversation.language,
            "external_id": visitor.external_id,
            "email": visitor.email,
            "first_seen": to_wire(visitor.created),
            "conversations": Conversation.objects.filter(visitor=visitor).count(),
        },
        "messages": [bubble_of(message) for message in reversed(newest[:MAX_MESSAGES])],
        "notes": [note_data(note) for note in conversation.notes.all()],
        "handoffs": [_stay(stay) for stay in stays],
        "owners": owners_of(conversation, stays),
        "visitor_read_seq": conversation.visitor_read_seq,
    }


def owners_of(conversation: Conversation, stays: list[Handoff]) -> list[dict[str, Any]]:
    """Who had it, one after the other, as lines between what was said: the newest MAX_OWNERS."""
    changes = Frame.objects.filter(conversation=conversation, type="owner.changed").order_by("-seq").values_list("data__owner", "at")[:MAX_OWNERS]
    began = [(at, owner) for owner, at in changes if owner != "bot"]
    ended = [(stay.ended, stay.outcome) for stay in stays if stay.ended]
    return [{"owner": owner, "ts": to_wire(at)} for at, owner in sorted([*began, *ended])]


def bubble_of(message: Message) -> dict[str, Any]:
    """The visitor's view of a message, and what stays on our side: filter hits, and the trace behind a bot's answer."""
    bubble: dict[str, Any] = dict(message_data(message))
    if screen := message.wrap.get("screen"):
        bubble["screen"] = [hit_in_words(hit) for hit in screen]
    if message.sender == Message.Sender.BOT and message.turn:
        bubble["answered"] = answered(message, message.turn)
    return bubble


def answered(message: Message, turn: Turn) -> dict[str, Any]:
    trace: Mapping[str, Any] = turn.trace.data if hasattr(turn, "trace") else {}
    candidates = trace.get("faq", {}).get("candidates") or []
    generation = trace.get("generation") or {}
    return {
        "route": message.wrap.get("route") or turn.route,
        "reason": turn.reason,
        "probability": candidates[0]["p"] if candidates else None,
        "sources": message.wrap.get("sources", []),
        "rung": trace.get("rung"),
        "filter": trace.get("filter", {}).get("hits", []),
        "model": trace.get("model", ""),
        "snapshot": (turn.snapshot or "")[:8],
        "first_token_ms": generation.get("first_token_ms"),
        "total_ms": round(sum((trace.get("ms") or {}).values()) + (generation.get("total_ms") or 0)),
        "cached": bool(trace.get("cache")),
        "words": trace_in_words(trace),
    }


def note_data(note: Note) -> dict[str, Any]:
    return {"id": str(note.pk), "author": note.author, "text": note.text, "ts": to_wire(note.created), "client_id": note.client_id}


def _stay(stay: Handoff) -> dict[str, Any]:
    def at(moment: Any) -> str | None:
        return to_wire(moment) if moment else None

    return {
        "reason": stay.reason,
        "queued": to_wire(stay.queued),
        "taken": at(stay.taken),
        "answered": at(stay.answered),
        "ended": at(stay.ended),
        "outcome": stay.outcome,
        "agent": stay.agent.display_name if stay.agent else "",
        "is_message_left": stay.is_message_left,
    }
