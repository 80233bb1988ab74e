"""The rows behind a figure as a list shows them: when, what was said, and which conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from csbot.conversations.models import Message
from csbot.reports.figures import SOURCES, Kind
from csbot.reports.times import Waited


@dataclass(frozen=True, slots=True)
class Item:
    at: datetime
    text: str
    conversation: UUID
    seconds: float | None = None


def items_of_waits(waits: Sequence[Waited]) -> list[Item]:
    """With the conversation's first words."""
    said = Message.objects.filter(conversation__in=[wait.conversation for wait in waits], sender=Message.Sender.VISITOR)
    words: dict[UUID, str] = {}
    for conversation, text in said.order_by("created", "id").values_list("conversation", "text"):
        words.setdefault(conversation, text)
    return [Item(wait.at, words.get(wait.conversation, ""), wait.conversation, wait.seconds) for wait in waits]


def prepared(kind: Kind, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Newest first, with what `item_of` reads."""
    return DESCRIPTIONS[kind][0](rows).order_by(f"-{SOURCES[kind][2]}", "-pk")


def item_of(kind: Kind, row: Any) -> Item:
    return DESCRIPTIONS[kind][1](row)


def _with_first_words(rows: QuerySet[Any], way: str) -> QuerySet[Any]:
    said = Message.objects.filter(conversation=OuterRef(way), sender=Message.Sender.VISITOR).order_by("created", "id")
    first: QuerySet[Any] = rows.annotate(words=Subquery(said.values("text")[:1]))
    return first


DESCRIPTIONS: dict[Kind, tuple[Callable[[QuerySet[Any]], QuerySet[Any]], Callable[[Any], Item]]] = {
    "conversations": (lambda rows: _with_first_words(rows, "pk"), lambda row: Item(row.created, row.words or "", row.pk)),
    "messages": (lambda rows: rows, lambda row: Item(row.created, row.text, row.conversation_id)),
    "turns": (lambda rows: rows.select_related("question"), lambda row: Item(row.created, row.question.text, row.conversation_id)),
    "handoffs": (lambda rows: _with_first_words(rows, "conversation"), lambda row: Item(row.queued, row.words or "", row.conversation_id)),
    "feedback": (lambda rows: rows.select_related("message"), lambda row: Item(row.at, row.message.text, row.message.conversation_id)),
}
