"""Promises, checked answers and gold cases as the product may use them; a part of the facade, which hands these functions on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from knowledge.contracts import Language

if TYPE_CHECKING:
    from knowledge.promises import Promises

Row = dict[str, Any]


def bases_of(company_id: UUID | str | None) -> list[tuple[UUID, str]]:
    """(id, name) of a company's knowledge bases, by name; of every company's for None."""
    from knowledge.models import KnowledgeBase

    rows = KnowledgeBase.objects.filter(company=UUID(str(company_id))) if company_id else KnowledgeBase.objects.all()
    return list(rows.order_by("name", "pk").values_list("pk", "name"))


def company_of_base(kb_id: UUID | str) -> UUID | None:
    from knowledge.models import KnowledgeBase

    return KnowledgeBase.objects.filter(pk=kb_id).values_list("company", flat=True).first()


def promises_read(kb_id: UUID | str) -> Promises:
    """Of the base and of its categories."""
    from knowledge.promises import promises_read as read

    return read(kb_id)


def promises_set(kb_id: UUID | str, *, base: int, of_category: Mapping[str, int]) -> bool:
    """From the next publishing on; True where anything changed. Raises `ValueError`."""
    from knowledge.promises import promises_set as set_them

    return set_them(kb_id, base=base, of_category=of_category)


def snapshot_cuts(ids: Iterable[str]) -> dict[str, dict[str, dict[int, float]]]:
    """By snapshot, language and promise, the least chance of a direct answer. Snapshots that do not tell are missing."""
    from knowledge.promises import snapshot_cuts as cuts

    return cuts(ids)


def held_out(kb_id: UUID | str) -> dict[int, tuple[int, int]]:
    """By promise, (wrong, answered) of the questions that the published snapshot's calibration had held out; empty where it does not tell."""
    from knowledge.promises import held_out as told

    return told(kb_id)


def answer_check(kb_id: UUID | str, row: Mapping[str, Any]) -> None:
    """One more checked answer; see `knowledge.checking` for the keys. Raises `LookupError` for a right FAQ that is not there."""
    from knowledge.checking import answer_check as check

    check(kb_id, row)


def answer_uncheck(kb_id: UUID | str, turn: UUID | str, source: str) -> bool:
    from knowledge.checking import answer_uncheck as uncheck

    return uncheck(kb_id, turn, source)


def answers_checked(kb_id: UUID | str, *, since: datetime | None = None) -> list[Row]:
    """Newest first, as plain data."""
    from knowledge.checking import answers_checked as checked

    return checked(kb_id, since=since)


def signs_taken_until() -> datetime | None:
    """When the last click or thumb was taken in."""
    from knowledge.checking import signs_taken_until as until

    return until()


def gold_cases(kb_id: UUID | str) -> list[Row]:
    """Questions with the FAQ that they must lead to, or none."""
    from knowledge.checking import gold_cases as cases

    return cases(kb_id)


def gold_case_put(kb_id: UUID | str, *, question: str, language: Language, faq: str, by: str) -> None:
    """Raises `LookupError` for an unknown FAQ, `ValueError` where there are enough."""
    from knowledge.checking import gold_case_put as put

    put(kb_id, question=question, language=language, faq=faq, by=by)


def gold_cases_delete(kb_id: UUID | str, ids: Iterable[str]) -> int:
    from knowledge.checking import gold_cases_delete as delete

    return delete(kb_id, ids)


def questions_read(name: str, data: bytes) -> list[tuple[str, str]]:
    """(question, expected) of an uploaded file. Raises Django's `ValidationError`, in words."""
    from knowledge.question_files import questions_read as read

    return read(name, data)


def table_written(head: list[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A CSV that spreadsheets open as it is."""
    from knowledge.question_files import table_written as written

    return written(head, rows)


def clopper_pearson(hits: int, total: int) -> list[float] | None:
    """[share, low, high] of the exact 95 % interval."""
    from knowledge.evaluation.intervals import clopper_pearson as interval

    return interval(hits, total)


def at_most_proven(hits: int, total: int) -> float:
    """The share that, with 95 % certainty, the true one does not exceed."""
    from knowledge.evaluation.intervals import at_most_proven as proven

    return proven(hits, total)


def checks_needed(hits: int, most: float) -> int | None:
    """How many checks, so many of them wrong, prove a share of at most `most`; None where no sensible number does."""
    from knowledge.evaluation.intervals import checks_needed as needed

    return needed(hits, most)
