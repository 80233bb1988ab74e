"""Earlier turns of a conversation as the router and the prompt see them: answered FAQ turns belong to it as well."""

from __future__ import annotations

from typing import Any

from csbot.conversations.models import Message, Turn
from knowledge.contracts import Exchange

MAX_EXCHANGES = 4


def history_of(turn: Turn) -> tuple[Exchange, ...]:
    """The last ended turns before this one, oldest first."""
    exchanges, _ = past_of(turn)
    return exchanges


def past_of(turn: Turn) -> tuple[tuple[Exchange, ...], dict[str, Any] | None]:
    """The history, and what the last ended turn looked up or still has to know for it."""
    earlier = [before for before in turn.before if before.state == Turn.State.DONE][:MAX_EXCHANGES]
    if not earlier:
        return (), None
    answers: dict[object, str] = {}
    for message in Message.objects.filter(turn__in=earlier, sender=Message.Sender.BOT).order_by("created"):
        answers[message.turn_id] = f"{answers.get(message.turn_id, '')}\n{message.text}".strip()
    exchanges = tuple(_exchange(item, answers.get(item.pk, "")) for item in reversed(earlier))
    return exchanges, (earlier[0].decision or {}).get("lookup")


def _exchange(turn: Turn, answer: str) -> Exchange:
    offered = tuple(option["faq"] for option in turn.decision.get("options", ())) if turn.decision.get("route") == "clarify" else ()
    said = {"asked": turn.decision.get("asked", ""), "about": tuple(turn.decision.get("about", ()))}
    return Exchange(question=turn.question.text, answer=answer, faq=turn.decision.get("faq"), options=offered, **said)
