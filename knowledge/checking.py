"""What people know about answers: checked ones, and gold cases whose outcome must not change. Plain data in and out.

Knows rows. Does not know turns: a checked answer carries the number of one, and whoever calls knows what it means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from knowledge.contracts import Language
from knowledge.models import CheckedAnswer, Faq, GoldCase

Row = dict[str, Any]
FIELDS = ("turn", "question", "language", "faq", "verdict", "right_faq", "source", "chance", "snapshot", "who", "at")
MAX_GOLD = 2000
SIGNS = (CheckedAnswer.By.CLICK, CheckedAnswer.By.THUMB)


def answer_check(kb_id: UUID | str, row: Mapping[str, Any]) -> None:
    """Once for a turn and a source; the last one counts. Raises LookupError where the right FAQ is none of the base's."""
    right = row.get("right_faq", "")
    if right and not Faq.objects.filter(knowledge_base_id=UUID(str(kb_id)), key=right).exists():
        raise LookupError(right)
    values = {name: row[name] for name in FIELDS if name in row and name not in ("turn", "source", "at")}
    CheckedAnswer.objects.update_or_create(knowledge_base_id=UUID(str(kb_id)), turn=row["turn"], source=row["source"], defaults=values)


def answer_uncheck(kb_id: UUID | str, turn: UUID | str, source: str) -> bool:
    return bool(CheckedAnswer.objects.filter(knowledge_base_id=UUID(str(kb_id)), turn=turn, source=source).delete()[0])


def answers_checked(kb_id: UUID | str, *, since: datetime | None = None) -> list[Row]:
    """Newest first."""
    rows = CheckedAnswer.objects.filter(knowledge_base_id=UUID(str(kb_id)))
    rows = rows.filter(at__gte=since) if since else rows
    return [dict(row) for row in rows.order_by("-at").values(*FIELDS)]


def signs_taken_until() -> datetime | None:
    """When the last click or thumb was taken in."""
    last: datetime | None = CheckedAnswer.objects.filter(source__in=SIGNS).aggregate(last=Max("at"))["last"]
    return last


# --- gold cases ------------------------------------------------------------------------------------------------------


def gold_cases(kb_id: UUID | str) -> list[Row]:
    rows = GoldCase.objects.filter(knowledge_base_id=UUID(str(kb_id))).values("id", "question", "language", "faq", "by", "created")
    return [dict(row) for row in rows]


def gold_case_put(kb_id: UUID | str, *, question: str, language: Language, faq: str, by: str) -> None:
    """The same question again changes what is expected. Raises LookupError for an unknown FAQ, ValueError where there are enough."""
    if faq and not Faq.objects.filter(knowledge_base_id=UUID(str(kb_id)), key=faq).exists():
        raise LookupError(faq)
    cases = GoldCase.objects.filter(knowledge_base_id=UUID(str(kb_id)))
    if cases.count() >= MAX_GOLD and not cases.filter(question=question, language=language).exists():
        raise ValueError("too many gold cases")
    GoldCase.objects.update_or_create(knowledge_base_id=UUID(str(kb_id)), question=question, language=language, defaults={"faq": faq, "by": by})


def gold_cases_delete(kb_id: UUID | str, ids: Iterable[str]) -> int:
    return int(GoldCase.objects.filter(knowledge_base_id=UUID(str(kb_id)), pk__in=list(ids)).delete()[0])
