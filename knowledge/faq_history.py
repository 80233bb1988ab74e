"""What became of a FAQ's answers and variants, for its history: each change goes to the nearest edit of the FAQ itself.

An editor's edit is written as several rows (the FAQ, its answers, its variants) within moments; a reader thinks of it as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from knowledge.models import FaqAnswer, Variant

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class PartChange:
    moment: datetime
    field: str
    old: str
    new: str


def parts_changes(faq_pk: Any) -> list[PartChange]:
    """Of answers and variants alike, also of those that are gone."""
    answers = FaqAnswer.history.filter(faq_id=faq_pk)
    variants = Variant.history.filter(faq_id=faq_pk)
    return [*_changes(_("answer"), answers, _answer), *_changes(_("phrasing"), variants, _variant)]


def by_edit(moments: Sequence[datetime], changes: Iterable[PartChange]) -> list[list[PartChange]]:
    """The changes for each of the edits' moments."""
    sorted_out: list[list[PartChange]] = [[] for _moment in moments]
    for change in changes:
        nearest = min(range(len(moments)), key=lambda place: abs(moments[place] - change.moment), default=None)
        if nearest is not None:
            sorted_out[nearest].append(change)
    return sorted_out


def _changes(name: str, records: Any, text_of: Any) -> Iterable[PartChange]:
    before: dict[Any, str] = {}
    for record in records.order_by("history_date", "history_id"):
        old, new = before.get(record.id, NOTHING), NOTHING if record.history_type == "-" else text_of(record)
        before[record.id] = new
        if old != new:
            yield PartChange(record.history_date, f"{name} ({record.language})", old, new)


def _answer(record: Any) -> str:
    return f"{record.text} ({record.url})" if record.url else str(record.text)


def _variant(record: Any) -> str:
    return f"{record.text} ({_('shown')})" if record.is_canonical else str(record.text)
