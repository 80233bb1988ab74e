"""Word lists changed many words at a time: imported, removed, and brought back. Each change is kept beside what was before, so that it can be undone.

Undone is only what is still as the change left it; what people did since stays and is named. Knows rows; does not know files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from knowledge.contracts import IN_NEED
from knowledge.models import Word, WordChange, WordList
from knowledge.word_names import category_key

KEPT = 20  # changes of a company
BATCH = 2_000
FIELDS = ("category", "level", "language", "note")
MOST = {"term": 100, "category": 40, "note": 200}

Cells = list[str]  # the FIELDS of a word, as JSON has them
Kind = WordChange.Kind


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word of a file; what is empty, the import's own choice fills in, but that no level is chosen for words by which somebody asks for help."""

    term: str
    category: str = ""
    level: str = ""
    language: str = ""
    note: str = ""

    def cells(self, *, category: str, level: str) -> Cells:
        category = category_key(self.category or category)[: MOST["category"]]
        level = self.level or (Word.Level.HAND_OVER if category == IN_NEED else level)
        return [category, str(level), self.language, self.note[: MOST["note"]]]


@transaction.atomic
def words_import(
    company_id: UUID | str, list_name: str, words: Iterable[Wanted], *, category: str, level: str, by: str, file_name: str = ""
) -> WordChange:
    """Adds what is new and changes what differs; the list is made where there is none of this name. Words that are too long are left out."""
    WordList.objects.get_or_create(company_id=company_id, name=list_name)
    target = WordList.objects.select_for_update().get(company_id=company_id, name=list_name)
    wanted = {word.term: word.cells(category=category, level=level) for word in words if len(word.term) <= MOST["term"]}
    known = _cells_of(target.words.all())
    written = {term: cells for term, cells in wanted.items() if known.get(term) != cells}
    _write(target, written)
    return _kept(target, Kind.IMPORT, [[term, known.get(term), cells] for term, cells in written.items()], by=by, file_name=file_name)


@transaction.atomic
def words_remove(words: models.QuerySet[Word], *, by: str) -> list[WordChange]:
    """One change for each list."""
    pks = list(words.values_list("pk", "word_list"))
    return [_removed(word_list, [pk for pk, of_list in pks if of_list == word_list], by) for word_list in dict.fromkeys(of for _, of in pks)]


def _removed(list_id: int, pks: Sequence[int], by: str) -> WordChange:
    target = WordList.objects.select_for_update().get(pk=list_id)
    gone: dict[str, Cells] = {}
    for start in range(0, len(pks), BATCH):
        part = Word.objects.filter(word_list=target, pk__in=pks[start : start + BATCH])
        gone |= _cells_of(part)
        part.delete()
    return _kept(target, Kind.WORDS, [[term, cells, None] for term, cells in gone.items()], by=by)


@transaction.atomic
def list_remove(target: WordList, *, by: str) -> WordChange:
    target = WordList.objects.select_for_update().get(pk=target.pk)
    made = _kept(target, Kind.LIST, [[term, cells, None] for term, cells in _cells_of(target.words.all()).items()], by=by)
    target.words.all().delete()
    target.delete()
    return made


@transaction.atomic
def change_undo(made: WordChange, *, by: str) -> bool:
    """Whether anything was undone now: False where all of it was before, or was changed since, or where the list that it added to is gone."""
    made = WordChange.objects.select_for_update().get(pk=made.pk)
    left = set(made.left)
    rows = [row for row in made.rows if made.undone is None or row[0] in left]
    target = _list_of(made)
    if target is None:
        return False
    now = _cells_of(target.words.all())
    ours = [row for row in rows if now.get(row[0]) == row[2]]
    _delete(target, [term for term, before, _ in ours if before is None])
    _write(target, {term: before for term, before, _ in ours if before is not None})
    made.left = [term for term, before, after in rows if now.get(term) != after and now.get(term) != before]
    is_undone = bool(ours) or made.undone is None
    if is_undone:
        made.undone, made.undone_by = timezone.now(), by[:150]
    made.save(update_fields=["left", "undone", "undone_by"])
    _touch(target)
    return is_undone


def _list_of(made: WordChange) -> WordList | None:
    """The list it happened to, whatever its name is now. Where that is gone, a new one for what was removed; None where all was added or changed."""
    name, company = made.list_name, made.company_id
    if made.word_list_id:
        return WordList.objects.select_for_update().get(pk=made.word_list_id)
    if made.kind == Kind.IMPORT and not WordList.objects.filter(company_id=company, name=name).exists():
        return None
    WordList.objects.get_or_create(company_id=company, name=name, defaults={"is_live": made.was_live})
    return WordList.objects.select_for_update().get(company_id=company, name=name)


def _cells_of(words: models.QuerySet[Word]) -> dict[str, Cells]:
    return {term: cells for term, *cells in words.values_list("term", *FIELDS)}


def _write(target: WordList, wanted: Mapping[str, Cells]) -> None:
    words = [Word(word_list=target, term=term, **dict(zip(FIELDS, cells, strict=True))) for term, cells in wanted.items()]
    how: dict[str, Any] = {"update_conflicts": True, "unique_fields": ["word_list", "term"], "update_fields": list(FIELDS)}
    Word.objects.bulk_create(words, batch_size=BATCH, **how)


def _delete(target: WordList, terms: Sequence[str]) -> None:
    for start in range(0, len(terms), BATCH):
        Word.objects.filter(word_list=target, term__in=terms[start : start + BATCH]).delete()


def _touch(target: WordList) -> None:
    target.save(update_fields=["changed"])  # tells every process to compile anew


def _kept(target: WordList, kind: WordChange.Kind, rows: list[list[Any]], *, by: str, file_name: str = "") -> WordChange:
    made = WordChange.objects.create(
        company_id=target.company_id,
        word_list=target,
        list_name=target.name,
        was_live=target.is_live,
        kind=kind,
        by=by[:150],
        file_name=file_name[:200],
        rows=rows,
        num_added=sum(before is None for _, before, _ in rows),
        num_changed=sum(before is not None and after is not None for _, before, after in rows),
        num_removed=sum(after is None for _, _, after in rows),
    )
    _touch(target)
    # The same file once more changed nothing, and pushes nothing out that somebody may want back.
    idle = WordChange.objects.filter(company_id=target.company_id, kind=Kind.IMPORT, num_added=0, num_changed=0)
    idle.exclude(pk=made.pk).delete()
    old = WordChange.objects.filter(company_id=target.company_id).order_by("-created", "-pk").values_list("pk", flat=True)[KEPT:]
    WordChange.objects.filter(pk__in=list(old)).delete()
    return made
