"""How long visitors waited in a span of days: for the first answer, for any answer of the bot, in the queue, and for a person's first words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q

from csbot.conversations.models import Turn
from csbot.reports.figures import Span, rows_of

Wait = Literal["first", "bot", "waiting", "person"]
WAITS: tuple[Wait, ...] = get_args(Wait)


@dataclass(frozen=True, slots=True)
class Times:
    """In seconds; None where nothing was measured."""

    median: float | None
    p90: float | None
    number: int


@dataclass(frozen=True, slots=True)
class Waited:
    """One wait: in which conversation, since when, and how long; None where it has not ended."""

    conversation: UUID
    at: datetime
    until: datetime | None

    @property
    def seconds(self) -> float | None:
        return (self.until - self.at).total_seconds() if self.until else None


def times_of(span: Span) -> dict[Wait, Times]:
    return {wait: times(found) for wait, found in waits_of(span).items()}


def waits_of(span: Span) -> dict[Wait, list[Waited]]:
    """`first`: from a conversation's first message to its first answer, by whomever; `bot`: from any message to the end of the bot's answer;
    `waiting`: in the queue until somebody took it; `person`: from the queue to the person's first reply.

    Who left a message for later did not wait in a queue, and whom an agent took over by themselves did not either: both are left out.
    """
    turns = list(_turns(span))
    stays = list(rows_of("handoffs", span).order_by("queued").values_list("conversation", "queued", "taken", "answered", "reason", "is_message_left"))
    queued = [stay for stay in stays if stay[4] != "taken_over" and not stay[5]]
    people: dict[UUID, datetime] = {}
    for conversation, _, _, answered, *_ in stays:
        if answered:
            people.setdefault(conversation, answered)
    return {
        "first": list(_first_answers(turns, people, span)),
        "bot": [Waited(talk, asked, ended) for talk, asked, ended, state, _ in turns if state == Turn.State.DONE],
        "waiting": [Waited(talk, asked, taken) for talk, asked, taken, *_ in queued],
        "person": [Waited(talk, asked, answered) for talk, asked, _, answered, *_ in queued],
    }


def _turns(span: Span) -> Any:
    """(conversation, asked, ended, state, whether its conversation began in the span), oldest first."""
    began = ExpressionWrapper(Q(conversation__created__gte=span.start), output_field=BooleanField())  # reading a moment costs more than judging it
    rows = rows_of("turns", span).annotate(began=began).order_by("created")
    return rows.values_list("conversation", "created", "ended", "state", "began")


def _first_answers(turns: list[Any], people: dict[UUID, datetime], span: Span) -> Iterable[Waited]:
    """Of conversations that began in the span; each once."""
    asked: dict[UUID, datetime] = {}
    answered: dict[UUID, datetime] = {}
    for conversation, created, ended, state, began in turns:
        if not began:
            continue
        asked.setdefault(conversation, created)
        if state == Turn.State.DONE and ended:
            answered[conversation] = min(ended, answered.get(conversation, ended))
    for conversation, moment in asked.items():
        found = [at for at in (answered.get(conversation), people.get(conversation)) if at]
        yield Waited(conversation, moment, min(found, default=None))


def times(waits: Iterable[Waited]) -> Times:
    seconds = sorted(wait.seconds for wait in waits if wait.seconds is not None)
    if not seconds:
        return Times(None, None, 0)

    def at(share: float) -> float:
        """Nearest rank: the smallest value that at least this share of all does not exceed."""
        return seconds[math.ceil(share * len(seconds)) - 1]

    return Times(at(0.5), at(0.9), len(seconds))
