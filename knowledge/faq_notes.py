"""What an editor should know of a table's rows before they are imported: the same words twice in one FAQ, or in two.

Nothing of it keeps a table from being imported. Knows rows that were compared; reads nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from knowledge.contracts import LANGUAGES, Language
from knowledge.faq_files import COLUMNS
from knowledge.faq_rows import Cells, Compared, all_lines, lines
from knowledge.faq_twins import exact_digest, meet
from knowledge.models import Faq, KnowledgeBase
from knowledge.word_warnings import told_by
from knowledge.words import word_filter

Words = tuple[Language, str]  # a text's language and the digest of its words


@dataclass(frozen=True, slots=True)
class _Owner:
    """A FAQ as it will be, and its row where it has one."""

    faq: Faq
    question: str
    row: int | None


def columns_left_out(names: Iterable[str]) -> list[tuple[int, str]]:
    """A name that is written wrong leaves its column as it is in the base, and nobody would see why."""
    told = _("The column “%(name)s” is left out, because it is none of these: %(columns)s")
    return [(1, told % {"name": name, "columns": ", ".join(COLUMNS)}) for name in names if name and name not in COLUMNS]


def notes_of(known: Mapping[str, Faq], rows: Sequence[Compared]) -> list[tuple[int, str]]:
    """`known`: the base's FAQs, with their variants."""
    owners = _owners(known, rows)
    notes: list[tuple[int, str]] = []
    for row in rows:
        notes += [(row.number, told) for told in _repeated(row.said)]
        if row.differs:
            notes += [(row.number, told) for told in dict.fromkeys(_shared(row, owners))]
    return notes


def listed_in(base: KnowledgeBase, rows: Iterable[Compared]) -> list[tuple[int, str]]:
    """Words that the filter will act on when an answer or a question goes out."""
    shown = [f"{part}_{language}" for part in ("answer", "question") for language in LANGUAGES]
    texts = [(row.number, [row.after[name] for name in shown]) for row in rows if row.differs]
    words = word_filter(base.company_id)
    return [(number, told) for number, cells in texts for told in told_by(words, cells)]


def _owners(known: Mapping[str, Faq], rows: Iterable[Compared]) -> dict[Words, list[_Owner]]:
    """Whose each phrasing of a live FAQ will be."""
    owners: dict[Words, list[_Owner]] = defaultdict(list)
    in_file = {row.change.faq.key: row for row in rows}
    for key in known.keys() | in_file.keys():
        row = in_file.get(key)
        faq = row.change.faq if row else known[key]
        if faq.state != Faq.State.LIVE:
            continue
        owner = _Owner(faq, _question(row, faq), row.number if row else None)
        for words in dict.fromkeys(_words(row, faq)):
            owners[words].append(owner)
    return owners


def _words(row: Compared | None, faq: Faq) -> Iterator[Words]:
    if row is None:
        for variant in faq.variants.all():
            yield variant.language, variant.exact or exact_digest(variant.text)  # type: ignore[misc]
        return
    for language, texts in row.change.variants.items():
        for text in texts:
            yield language, exact_digest(text)


def _question(row: Compared | None, faq: Faq) -> str:
    if row is not None:
        questions = [row.after[f"question_{language}"] for language in LANGUAGES]
    else:
        shown = {variant.language: variant.text for variant in faq.variants.all() if variant.is_canonical}
        questions = [shown.get(language, "") for language in LANGUAGES]
    return " · ".join(filter(None, questions)) or faq.key


def _shared(row: Compared, owners: Mapping[Words, Sequence[_Owner]]) -> Iterator[str]:
    """A phrasing that the FAQ has and keeps is no news, unless it begins to count."""
    faq = row.change.faq
    if faq.state != Faq.State.LIVE:
        return
    before = _phrasings(row.before) if row.before["state"] == Faq.State.LIVE else set()
    for language, texts in row.change.variants.items():
        for text in texts:
            words = exact_digest(text)
            for owner in owners.get((language, words), ()) if words and (language, text) not in before else ():
                if owner.faq is not faq and meet(faq, owner.faq):
                    yield _told(text, owner)


def _told(text: str, owner: _Owner) -> str:
    if owner.row is None:
        told = _("“%(text)s” is word for word a phrasing of “%(faq)s” (%(key)s) too. Asked so, neither of them would answer directly.")
        return told % {"text": text, "faq": owner.question, "key": owner.faq.key}
    told = _("“%(text)s” is word for word a phrasing of “%(faq)s” (row %(row)s) too. Asked so, neither of them would answer directly.")
    return told % {"text": text, "faq": owner.question, "row": owner.row}


def _phrasings(cells: Cells) -> set[tuple[Language, str]]:
    return {(language, text) for language in LANGUAGES for text in (cells[f"question_{language}"], *lines(cells[f"variants_{language}"])) if text}


def _repeated(said: Cells) -> Iterator[str]:
    for language in LANGUAGES:
        first: dict[str, str] = {}
        question = said.get(f"question_{language}", "")
        for text in filter(None, (question, *all_lines(said.get(f"variants_{language}", "")))):
            words = exact_digest(text)
            if words and words in first:
                yield _("“%(text)s” says word for word the same as “%(first)s” of its own row. One of the two is enough.") % {
                    "text": text,
                    "first": first[words],
                }
            first.setdefault(words, text)
