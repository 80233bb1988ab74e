"""What a row of a FAQ table says, and what it changes. Cells in, a change of a FAQ out; nothing is written here.

A FAQ needs no question that visitors see, because the FAQ's page lets one be saved without; it needs some phrasing to be found by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from knowledge.contracts import LANGUAGES, Language
from knowledge.faq_files import COLUMNS
from knowledge.faq_writing import FaqChange
from knowledge.models import Faq, FaqAnswer, KnowledgeBase

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    number: int  # of the row
    said: Cells
    before: Cells
    after: Cells
    change: FaqChange
    is_new: bool

    @property
    def differs(self) -> bool:
        return self.is_new or self.before != self.after


def cells_of(faq: Faq) -> Cells:
    """As exported; variants and answers should be prefetched."""
    cells = {"key": faq.key, "category": faq.category, "state": str(faq.state)}
    cells |= _validity(faq)
    answers = {answer.language: answer for answer in faq.answers.all()}
    variants = sorted(faq.variants.all(), key=lambda variant: variant.pk)
    for language in LANGUAGES:
        own = [variant for variant in variants if variant.language == language]
        answer = answers.get(language)
        cells[f"question_{language}"] = next((variant.text for variant in own if variant.is_canonical), "")
        cells[f"variants_{language}"] = _joined(variant.text for variant in own if not variant.is_canonical)
        cells[f"answer_{language}"] = _same_breaks(answer.text) if answer else ""
        cells[f"url_{language}"] = answer.url if answer else ""
    return cells


def _validity(faq: Faq) -> Cells:
    return {name: moment.astimezone(UTC).isoformat() if (moment := getattr(faq, name)) else "" for name in ("valid_from", "valid_until")}


def _joined(texts: Iterable[str]) -> str:
    """One per line. A line break at the end says that "||" is part of a text."""
    joined = "\n".join(texts)
    return f"{joined}\n" if "||" in joined and "\n" not in joined else joined


def lines(cell: str) -> list[str]:
    """Each text once."""
    return list(dict.fromkeys(all_lines(cell)))


def all_lines(cell: str) -> list[str]:
    """Variants stand one per line in a cell; in a cell of one line "||" separates them as well."""
    text = _same_breaks(cell)
    parts = text.split("\n") if "\n" in text else text.split("||")
    return [part.strip() for part in parts if part.strip()]


def _same_breaks(text: str) -> str:
    """Browsers send other line breaks than spreadsheets keep; nobody sees the difference."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def checked(row: Mapping[str, str], number: int, seen: dict[str, int]) -> Cells:
    """The cells of known columns, trimmed. `seen`: in which row each key stood."""
    cells = {name: row[name] if name.startswith("variants_") else _same_breaks(row[name]).strip() for name in COLUMNS if name in row}
    key = cells["key"]
    if not key:
        raise ValidationError({"key": _("Every row needs a key, such as returns.period.")})
    if first := seen.get(key):
        sentence = _("Rows %(first)s and %(second)s have the same key. Join them or rename one.")
        raise ValidationError({"key": sentence % {"first": first, "second": number}})
    seen[key] = number
    if "state" in cells:
        cells["state"] = cells["state"] or Faq.State.LIVE
    for language in LANGUAGES:
        if f"question_{language}" in cells:
            cells[f"question_{language}"] = " ".join(cells[f"question_{language}"].split("\n"))
    return cells


def compared(base: KnowledgeBase, known: Mapping[str, Faq], number: int, cells: Cells) -> Compared:
    faq = known.get(cells["key"])
    is_new = faq is None
    faq = faq or Faq(knowledge_base=base, key=cells["key"])
    before = dict.fromkeys(COLUMNS, "") if is_new else cells_of(faq)
    after = before | {"state": before["state"] or Faq.State.LIVE} | cells
    variants = {language: _variants(after, language) for language in LANGUAGES}
    _check_texts(after, variants)
    _apply(faq, after)
    for language, texts in variants.items():
        shown = [text for text, is_canonical in texts.items() if not is_canonical]
        kept = lines(before[f"variants_{language}"])
        after[f"variants_{language}"] = before[f"variants_{language}"] if set(shown) == set(kept) else _joined(shown)
    after |= _validity(faq)
    answers = {language: (after[f"answer_{language}"], after[f"url_{language}"]) for language in LANGUAGES}
    return Compared(number, cells, before, after, FaqChange(faq, variants, answers), is_new)


def _variants(cells: Cells, language: str) -> dict[str, bool]:
    """Each text, and whether it is the one that visitors see."""
    question = cells[f"question_{language}"]
    return {**({question: True} if question else {}), **{text: False for text in lines(cells[f"variants_{language}"]) if text != question}}


def _check_texts(cells: Cells, variants: Mapping[Language, Mapping[str, bool]]) -> None:
    if cells["state"] == Faq.State.LIVE and not any(variants.values()):
        raise ValidationError(_("The row needs a question in at least one language (question_zh or question_en)."))
    for language in LANGUAGES:
        answer, url = cells[f"answer_{language}"], cells[f"url_{language}"]
        if len(answer) > 4000:
            raise ValidationError({f"answer_{language}": _("The answer is longer than 4,000 characters.")})
        if too_long := [text for text in variants[language] if len(text) > 500]:
            raise ValidationError({f"variants_{language}": _("A phrasing is longer than 500 characters: “%(start)s…”") % {"start": too_long[0][:40]}})
        if url and not answer:
            raise ValidationError({f"url_{language}": _("A source address needs an answer that it is the source of.")})
        try:
            FaqAnswer(language=language, text=answer, url=url).clean_fields(exclude={"faq", "text"})
        except ValidationError as error:
            raise ValidationError({f"url_{language}": error.messages}) from error


def _apply(faq: Faq, cells: Cells) -> None:
    faq.category, faq.state = cells["category"], cells["state"]
    faq.valid_from, faq.valid_until = _moment(cells, "valid_from"), _moment(cells, "valid_until")
    if faq.valid_from and faq.valid_until and faq.valid_from >= faq.valid_until:
        raise ValidationError({"valid_until": _("The end of the validity must be later than its beginning.")})
    faq.clean_fields(exclude={"knowledge_base"})
    faq.clean()


def _moment(cells: Cells, name: str) -> datetime | None:
    if not cells[name]:
        return None
    try:
        moment = parse_datetime(cells[name])
        moment = moment and (moment if timezone.is_aware(moment) else timezone.make_aware(moment)).astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    # The first and the last year have hours that other time zones cannot tell.
    if moment is None or not MINYEAR < moment.year < MAXYEAR:
        raise ValidationError({name: _("Write date and time like 2026-01-31T09:00+08:00, or leave the cell empty.")})
    return moment
