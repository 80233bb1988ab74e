"""Earlier turns of a conversation as the router and the prompt see them: answered FAQ turns belong to it as well."""

from __future__ import annotations

from typing import Any

from csbot.conversations.models import Message, Turn
from knowledge.contracts import Exchange

MAX_EXCHANGES = 4


def history_of(turn: Turn) -> tuple[Exchange, ...]:
    """The last ended turns before this one, oldest first. Two queries."""
    earlier = list(
        Turn.objects.filter(conversation_id=turn.conversation_id, created__lt=turn.created, state=Turn.State.DONE)
        .select_related("question")
        .order_by("-created")[:MAX_EXCHANGES]
    )
    answers: dict[object, str] = {}
    for message in Message.objects.filter(turn__in=earlier, sender=Message.Sender.BOT).order_by("created"):
        answers[message.turn_id] = f"{answers.get(message.turn_id, '')}\n{message.text}".strip()
    return tuple(_exchange(item, answers.get(item.pk, "")) for item in reversed(earlier))


def _exchange(turn: Turn, answer: str) -> Exchange:
    offered = tuple(option["faq"] for option in turn.decision.get("options", ())) if turn.decision.get("route") == "clarify" else ()
    said = {"asked": turn.decision.get("asked", ""), "about": tuple(turn.decision.get("about", ()))}
    return Exchange(question=turn.question.text, answer=answer, faq=turn.decision.get("faq"), options=offered, **said)


def lookup_before(turn: Turn) -> dict[str, Any] | None:
    """What the last ended turn before this one looked up, or still has to know for it."""
    earlier = Turn.objects.filter(conversation_id=turn.conversation_id, created__lt=turn.created, state=Turn.State.DONE)
    decision = earlier.order_by("-created").values_list("decision", flat=True).first() or {}
    found: dict[str, Any] | None = decision.get("lookup")
    return found
