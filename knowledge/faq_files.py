"""Table files as editors have them: CSV in UTF-8 (with or without mark) or GB18030, and XLSX. Every cell is text.

Knows limits, encodings, the names of the columns, and what is wrong with a file, in words. Does not know what a cell means.
"""

from __future__ import annotations

import csv
import io
import logging
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.formats import base_formats

from knowledge.contracts import LANGUAGES
from knowledge.decoding import text_of
from knowledge.faq_xlsx import TooMuch, read_rows

log = logging.getLogger(__name__)

# What one import may hold; the web process reads it while visitors are answered.
MAX_FILE_MB = 5
MAX_UNPACKED_MB = 15
MAX_UNPACKED = MAX_UNPACKED_MB * 1024 * 1024
MAX_SHEET_CELL = 32_767  # what a spreadsheet keeps of a cell, in units of UTF-16; what stands behind is dropped without a word
csv.field_size_limit(MAX_FILE_MB * 1024 * 1024)  # a file's size is limited, a cell's is not: a FAQ may have many phrasings
MAX_ROWS = 2000
MAX_COLUMNS = 50
FIRST_ROW = 2  # as spreadsheets count: the names of the columns are row 1

# A spreadsheet runs what begins like this as a formula. On the way out such a text gets an apostrophe, on the way in it loses one.
FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
ESCAPED = re.compile(r"'+[=+\-@\t\r\n]")

OF_LANGUAGE = ("question", "variants", "answer", "url")
COLUMNS = ("key", "category", "state", "valid_from", "valid_until", *(f"{part}_{language}" for language in LANGUAGES for part in OF_LANGUAGE))

Cells = list[str]


class CsvTable(base_formats.CSV):
    """Bytes in, so that the encoding can be found out instead of guessed by the form."""

    def is_binary(self) -> bool:
        return True

    def get_read_mode(self) -> str:
        return "rb"

    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> tablib.Dataset:
        check_size(len(in_stream))
        text = _decode(in_stream)
        return _table(lambda: csv.reader(io.StringIO(text, newline=""), strict=True))

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        # With the byte-order mark, because spreadsheets read Chinese from a CSV only then.
        table: str = super().export_data(_escaped(dataset), **kwargs)
        return table.encode("utf-8-sig")


class XlsxTable(base_formats.XLSX):
    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> tablib.Dataset:
        check_size(len(in_stream))
        _check_unpacked_size(in_stream)
        return _table(lambda: _sheet_rows(in_stream))

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        escaped = _escaped(dataset)
        self._escape_illegal_chars(escaped)  # control characters have no place in XML
        _check_cells_fit(escaped)
        table: bytes = super().export_data(escaped, **kwargs)
        return table


# --- reading ---------------------------------------------------------------------------------------------------------


def check_size(size: int) -> None:
    if size > MAX_FILE_MB * 1024 * 1024:
        raise ValidationError(_("The file is larger than %(limit)s MB. Split the table into several files.") % {"limit": MAX_FILE_MB})


def _check_unpacked_size(data: bytes) -> None:
    """By the archive's own list: nothing is unpacked, and no entry unpacks to more than the list says."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise _damaged() from error
    if size > MAX_UNPACKED:
        raise unpacks_to_too_much()


def unpacks_to_too_much() -> ValidationError:
    return ValidationError(_("The table unpacks to more than %(limit)s MB. Split it into several files.") % {"limit": MAX_UNPACKED_MB})


def _sheet_rows(data: bytes) -> Iterator[Iterable[Any]]:
    try:
        rows = read_rows(data, max_rows=MAX_ROWS, max_columns=MAX_COLUMNS, max_bytes=MAX_UNPACKED)
    except TooMuch as error:
        raise unpacks_to_too_much() from error
    last = max(rows, default=-1)
    if last > MAX_ROWS:
        raise _too_many_rows()
    for number in range(last + 1):
        cells = rows.get(number, [])
        if any(_fills_a_cell(str(cell)) for cell in cells):
            raise ValidationError(
                _("Row %(row)s has a cell that is as long as a spreadsheet's can be, so its end may be missing. Import the FAQs as CSV.")
                % {"row": number + 1}
            )
        yield cells


def _fills_a_cell(text: str) -> bool:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 >= MAX_SHEET_CELL


def _damaged() -> ValidationError:
    return ValidationError(_("This is not a complete XLSX file. Save the table again and upload it once more."))


def _too_many_rows() -> ValidationError:
    return ValidationError(_("The table has more than %(limit)s rows. Split it into several files.") % {"limit": f"{MAX_ROWS:,}"})


def _decode(data: bytes) -> str:
    try:
        return text_of(data)
    except ValueError as error:
        told = _("The encoding of this file is neither UTF-8 nor GB18030. Save it as “CSV UTF-8” and upload it once more.")
        raise ValidationError(told) from error


def _table(open_rows: Callable[[], Iterable[Iterable[Any]]]) -> tablib.Dataset:
    """Whatever a library stumbles over in a file is said in our words."""
    try:
        return _dataset([_text(cell) for cell in row] for row in open_rows())
    except ValidationError:
        raise
    except csv.Error as error:
        raise ValidationError(
            _("This is no CSV that can be read: a quotation mark is not closed, or text follows it. Save the table again and upload it once more.")
        ) from error
    except Exception as error:
        log.info("an uploaded table cannot be read: %r", error)
        raise _damaged() from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():  # spreadsheets keep 7 as 7.0
        return str(int(value))
    text = str(value)
    return text[1:] if ESCAPED.match(text) else text


def _dataset(rows: Iterator[Cells]) -> tablib.Dataset:
    headers = _known_columns(next(rows, []))
    dataset = tablib.Dataset(headers=headers)
    for number, cells in enumerate(rows, FIRST_ROW):
        if not any(cell.strip() for cell in cells):
            continue
        if number - FIRST_ROW >= MAX_ROWS:
            raise _too_many_rows()
        if any(cell.strip() for cell in cells[len(headers) :]):
            raise ValidationError(
                _("Row %(row)s has more cells than the first row names columns. Put cells that hold commas into quotation marks.") % {"row": number}
            )
        while dataset.height < number - FIRST_ROW:  # empty rows count, so that ours are the spreadsheet's numbers
            dataset.append([""] * len(headers))
        dataset.append((cells + [""] * len(headers))[: len(headers)])
    if not dataset.height:
        raise ValidationError(_("The table has no rows below the names of its columns."))
    return dataset


def _known_columns(cells: Cells) -> Cells:
    headers = [cell.strip() for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    if "key" not in headers:
        raise ValidationError(
            _("The first row must name the columns, among them “key”. Known columns: %(columns)s") % {"columns": ", ".join(COLUMNS)}
        )
    if len(headers) > MAX_COLUMNS:
        raise ValidationError(_("The table has more than %(limit)s columns. Keep the known ones only.") % {"limit": MAX_COLUMNS})
    if twice := sorted({header for header in headers if header and headers.count(header) > 1}):
        raise ValidationError(_("The column “%(name)s” stands twice in the first row. Keep one of them.") % {"name": twice[0]})
    return headers


# --- writing ---------------------------------------------------------------------------------------------------------


def _check_cells_fit(dataset: tablib.Dataset) -> None:
    """A ValueError's words are shown on the page of the export."""
    for row in dataset:
        if any(_fills_a_cell(str(cell)) for cell in row):
            told = _("The FAQ “%(key)s” has more phrasings than a spreadsheet's cell can hold. Export the FAQs as CSV, which has no such limit.")
            raise ValueError(told % {"key": row[dataset.headers.index("key")]})


def _escaped(dataset: tablib.Dataset) -> tablib.Dataset:
    rows = ([f"'{cell}" if FORMULA.match(cell) else cell for cell in map(str, row)] for row in dataset)
    return tablib.Dataset(*rows, headers=dataset.headers)
