"""What visitors let on without being asked: a choice among chips, a thumb on an answer. Taken in as checked answers of a weaker kind.

Knows turns and feedback. Does not know what anybody makes of the signs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from csbot.conversations.models import Conversation, Feedback, Turn
from csbot.curation.sampled import DAYS, DIRECT, Asked, asked_from
from csbot.lib.clock import now
from knowledge import facade as knowledge

OVERLAP = timedelta(minutes=10)  # what was committed late is looked at twice; twice is once


def signs_take(since: datetime | None = None) -> int:
    """The number of signs that were looked at. Without `since`: what is new since the last time."""
    last = knowledge.signs_taken_until()
    since = since or (last - OVERLAP if last else now() - timedelta(days=DAYS))
    return sum(_put(base, row) for base, row in (*_thumbs(since), *_clicks(since)))


def _put(base: UUID, row: Mapping[str, Any]) -> int:
    knowledge.answer_check(base, row)
    return 1


def _thumbs(since: datetime) -> Iterable[tuple[UUID, Mapping[str, Any]]]:
    rows = Feedback.objects.filter(at__gte=since, message__turn__route="answer", message__turn__reason__in=DIRECT, message__turn__chip={})
    rated = dict(rows.exclude(message__conversation__origin=Conversation.Origin.CONSOLE).values_list("message__turn", "value"))
    for base, one in _asked(rated):
        yield base, {**_row(one), "source": "thumb", "faq": one.faq, "verdict": "right" if rated[one.turn] > 0 else "wrong", "chance": one.chance}


def _clicks(since: datetime) -> Iterable[tuple[UUID, Mapping[str, Any]]]:
    """The chosen FAQ is right for what had been asked; "none of these" says that the first of them was not."""
    turns = Turn.objects.filter(created__gte=since, state=Turn.State.DONE).exclude(chip={})
    turns = turns.exclude(conversation__origin=Conversation.Origin.CONSOLE)
    chips = dict(turns.values_list("pk", "chip"))
    for base, one in _asked(chips):
        chip = chips[one.turn]
        options = chip.get("options") or [""]
        is_none = chip.get("faq") == "none"
        text = str(chip.get("question") or one.text)
        row = {**_row(one), "question": text, "source": "click", "faq": options[0] if is_none else chip.get("faq", "")}
        yield base, {**row, "verdict": "wrong" if is_none else "right", "chance": None}


def _asked(turns: Mapping[UUID, Any]) -> Iterable[tuple[UUID, Asked]]:
    rows = Turn.objects.filter(pk__in=list(turns)).select_related("question", "trace", "conversation__site")
    by_base: dict[UUID, list[Turn]] = {}
    for turn in rows:
        by_base.setdefault(turn.conversation.site.knowledge_base_id, []).append(turn)
    for base, found in by_base.items():
        yield from ((base, one) for one in asked_from(base, found))


def _row(one: Asked) -> dict[str, Any]:
    return {"turn": one.turn, "question": one.text, "language": one.language, "snapshot": one.snapshot, "who": ""}
