"""Files of questions to try: a text with one a line, or a table (CSV, XLSX) with the columns `question` and, where it is known, `expected`.

Knows limits, encodings and what is wrong with a file, in words. Does not know what is done with a question.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from knowledge.decoding import text_of
from knowledge.faq_files import ESCAPED, FORMULA, MAX_ROWS, MAX_UNPACKED, check_size, unpacks_to_too_much
from knowledge.faq_keys import NONE, is_reserved
from knowledge.faq_xlsx import TooMuch, Unreadable, read_rows

MAX_QUESTION = 4000
MAX_COLUMNS = 50
QUESTION = ("question", "query", "text", "问题")
EXPECTED = ("expected", "expected_faq_id", "faq", "key", "期望")

Asked = tuple[str, str]  # the question, and the key of the FAQ that is expected (NONE for none; empty where nobody said)


def questions_read(name: str, data: bytes) -> list[Asked]:
    """Raises ValidationError with words for whoever chose the file."""
    check_size(len(data))
    kind = PurePath(name).suffix.casefold()
    if kind == ".txt":
        found = [(_cell(line), "") for line in _decoded(data).splitlines()]
    elif kind == ".csv":
        found = _with_header(_csv_rows(_decoded(data)))
    elif kind == ".xlsx":
        found = _with_header(_sheet_rows(data))
    else:
        raise ValidationError(_("This is neither a CSV, an XLSX nor a TXT file. Save the questions as one of them."))
    return _checked([(question, expected) for question, expected in found if question])


def _decoded(data: bytes) -> str:
    try:
        return text_of(data)
    except ValueError as error:
        told = _("The encoding of this file is neither UTF-8 nor GB18030. Save it as “CSV UTF-8” and upload it once more.")
        raise ValidationError(told) from error


def _csv_rows(text: str) -> list[list[str]]:
    try:
        return [[_cell(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except csv.Error as error:
        raise ValidationError(_("This file cannot be read as a table.")) from error


def _sheet_rows(data: bytes) -> list[list[str]]:
    try:
        rows = read_rows(data, max_rows=MAX_ROWS + 1, max_columns=MAX_COLUMNS, max_bytes=MAX_UNPACKED)
    except TooMuch as error:
        raise unpacks_to_too_much() from error
    except Unreadable as error:
        raise ValidationError(_("This is not a complete XLSX file. Save the table again and upload it once more.")) from error
    return [[_cell(cell) for cell in rows[number]] for number in sorted(rows)]


def _cell(value: Any) -> str:
    """Spreadsheets keep 7 as 7.0, and our own files keep formulas away with an apostrophe."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value).replace("\0", "").strip()
    return text[1:] if ESCAPED.match(text) else text


def _with_header(rows: list[list[str]]) -> list[Asked]:
    """The first row names the columns; a table of one column may do without."""
    head = [cell.casefold() for cell in rows[0]] if rows else []
    question = next((head.index(name) for name in QUESTION if name in head), None)
    if question is None:
        if all(len([cell for cell in row if cell]) <= 1 for row in rows):
            return [(row[0], "") for row in rows if row]
        raise ValidationError(_("The first row must name the columns: “question”, and “expected” for the FAQ's key where it is known."))
    expected = next((head.index(name) for name in EXPECTED if name in head), None)
    return [(_at(row, question), _at(row, expected)) for row in rows[1:]]


def _at(row: list[str], place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""


def _checked(found: list[Asked]) -> list[Asked]:
    if not found:
        raise ValidationError(_("There is no question in this file."))
    if len(found) > MAX_ROWS:
        raise ValidationError(_("The table has more than %(limit)s rows. Split it into several files.") % {"limit": f"{MAX_ROWS:,}"})
    for place, (question, _expected) in enumerate(found, 1):
        if len(question) > MAX_QUESTION:
            raise ValidationError(_("Question %(place)s is longer than %(limit)s characters.") % {"place": place, "limit": MAX_QUESTION})
    return [(question, NONE if is_reserved(expected) else expected[:80]) for question, expected in found]


def table_written(head: list[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A CSV that spreadsheets read as it is: UTF-8 with its mark, and no cell that runs as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    for row in rows:
        writer.writerow([f"'{cell}" if FORMULA.match(cell) else cell for cell in map(str, row)])
    return text.getvalue().encode("utf-8-sig", "replace")
