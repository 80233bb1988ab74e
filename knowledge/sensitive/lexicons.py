"""Files of listed words: plain text (one a line), CSV or TSV (column `term`, else `text`, else the first), JSON and JSON lines.

A table of one column needs no head; spreadsheets of some countries part columns with semicolons.

Knows encodings, columns and what is wrong with a file, as a sentence to translate. Does not know companies, nor whether a word is sensible.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from knowledge.contracts import LANGUAGES, Level
from knowledge.decoding import text_of
from knowledge.sensitive.lexicon_json import objects_of
from knowledge.sensitive.terms import Term

MAX_BYTES = 20_000_000
MAX_ROWS = 200_000
MOST_TOLD = 100  # characters of a cell in a sentence
ALLOW = "allow"  # a level of its own: such a row is a phrase in which listed words are harmless
TERM_COLUMNS = ("term", "text")
COLUMNS = {*TERM_COLUMNS, "category", "level", "language", "lang", "note"}
# What may stand over a single column.
HEADS = {*COLUMNS, "word", "words", "terms", "keyword", "keywords", "swearword", "词", "词语", "敏感词", "关键词"}
LEVELS = (*Level, ALLOW)
BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # XLSX and other archives, XLS


def _(sentence: str) -> str:
    """Marks a sentence for the collection of translations; whoever shows it translates it."""
    return sentence


SENTENCES = {
    "kind": _("%(file)s is neither a TXT, CSV, TSV, JSON nor JSONL file. Save the words as one of them."),
    "binary": _("%(file)s is a workbook or an archive and no text, whatever its name says. Save the words as CSV and upload that."),
    "size": _("%(file)s is too large: at most %(limit)s bytes."),
    "encoding": _("The encoding of %(file)s is neither UTF-8, UTF-16 nor GB18030. Save it as UTF-8."),
    "table": _("%(file)s cannot be read as a table: %(detail)s"),
    "columns": _("The first row of %(file)s holds no names of columns. Put a row above it: term, category, level, language, note."),
    "json": _("%(file)s is not valid JSON: %(detail)s"),
    "shape": _("%(file)s holds no list of words: expected a list, or objects with the key term (or text)."),
    "level": _("%(file)s, word %(term)s: the level %(level)s is unknown. Known are: %(known)s."),
    "rows": _("%(file)s has too many words: at most %(limit)s."),
    "empty": _("%(file)s holds no words."),
}


class LexiconError(ValueError):
    """`str` is the English sentence; a page shows `gettext(error.sentence) % error.values`."""

    def __init__(self, code: str, **values: str | int) -> None:
        self.code, self.sentence, self.values = code, SENTENCES[code], values
        super().__init__(self.sentence % values)


@dataclass(frozen=True, slots=True)
class LexiconRow:
    """One word of a file. What the file does not say is empty; the language is guessed from the script then."""

    term: str
    category: str = ""
    level: str = ""  # one of LEVELS, or empty
    language: str = ""
    note: str = ""

    def as_term(self, level: Level = Level.BLOCK) -> Term:
        """Not for rows of the level `allow`."""
        return Term(self.term, self.category, Level(self.level or level), self.language)


def lexicon_read(name: str, data: bytes) -> list[LexiconRow]:
    """The words of a file in their order, each once. Raises LexiconError that names the file and what is wrong with it."""
    if len(data) > MAX_BYTES:
        raise LexiconError("size", file=name, limit=MAX_BYTES)
    rows: dict[str, LexiconRow] = {}
    for cells in _objects(name, data):
        row = _row(name, cells)
        if row.term:
            rows.setdefault(row.term, row)
        if len(rows) > MAX_ROWS:
            raise LexiconError("rows", file=name, limit=MAX_ROWS)
    if not rows:
        raise LexiconError("empty", file=name)
    return list(rows.values())


def _objects(name: str, data: bytes) -> Iterator[Mapping[str, object]]:
    kind = PurePath(name).suffix.casefold()
    if kind not in (".txt", ".csv", ".tsv", ".json", ".jsonl", ""):
        raise LexiconError("kind", file=name)
    if data.startswith(BINARY):
        raise LexiconError("binary", file=name)
    try:
        text = text_of(data)
    except ValueError as error:
        raise LexiconError("encoding", file=name) from error
    try:
        if kind in (".csv", ".tsv"):
            yield from _table(name, text)
        elif kind in (".json", ".jsonl"):
            yield from objects_of(text, by_line=kind == ".jsonl")
        else:
            yield from _lines(text)
    except csv.Error as error:
        raise LexiconError("table", file=name, detail=str(error)) from error
    except TypeError as error:
        raise LexiconError("shape", file=name) from error
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, LexiconError) else LexiconError("json", file=name, detail=str(error)) from error


def _lines(text: str) -> Iterator[Mapping[str, object]]:
    """Many lists end their lines with a comma; a line that begins with "# " is a remark."""
    for line in text.splitlines():
        if not line.startswith("# "):
            yield {"term": line.strip().rstrip(",，、;；")}


def _table(name: str, text: str) -> Iterator[Mapping[str, object]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(name, text), strict=True)
    first = next(rows, [])
    header = [cell.strip().casefold() for cell in first]
    if not COLUMNS.intersection(header) and any(_level(cell) in LEVELS for cell in header):
        raise LexiconError("columns", file=name)
    if len(header) == 1 and header[0] not in HEADS:
        yield {"term": first[0]}
    column = next((name for name in TERM_COLUMNS if name in header), None)
    place = header.index(column) if column else 0
    for cells in rows:
        named = dict(zip(header, cells, strict=False))
        yield {**named, "term": cells[place] if place < len(cells) else ""}


def _delimiter(name: str, text: str) -> str:
    """A comma, or a tab in a TSV, unless only another sign finds the names of columns in the first line."""
    usual = "\t" if name.casefold().endswith(".tsv") else ","
    first = text.lstrip().partition("\n")[0].casefold()
    found = {sign: sum(cell.strip(' "\r') in COLUMNS for cell in first.split(sign)) for sign in (usual, ",", ";", "\t")}
    return max(found, key=lambda sign: found[sign])  # the first of equals


def _row(name: str, cells: Mapping[str, object]) -> LexiconRow:
    term = _cell(cells, TERM_COLUMNS)
    told = cells.get("level")
    level = _level(_cell(cells, ("level",)) if told is None or isinstance(told, str | int | float) else f"{told}"[:MOST_TOLD])
    if level and level not in LEVELS:
        raise LexiconError("level", file=name, term=term[:MOST_TOLD], level=level[:MOST_TOLD], known=", ".join(LEVELS))
    language = _cell(cells, ("language", "lang")).casefold()[:2]
    return LexiconRow(term, _cell(cells, ("category",)), level, language if language in LANGUAGES else language_of(term), _cell(cells, ("note",)))


def _level(text: str) -> str:
    """As it is written elsewhere: "Warn_Agent" is "warn agent"."""
    return re.sub("[ _-]+", " ", text).strip().casefold()


def _cell(cells: Mapping[str, object], names: Iterable[str]) -> str:
    """The first of these columns that holds something, on one line, without what no database keeps: NUL and halves of characters."""
    for name in names:
        value = cells.get(name)
        if isinstance(value, str | int | float) and (text := " ".join(_storable(str(value)).split())):
            return text
    return ""


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def language_of(term: str) -> str:
    """By its script: whatever holds a Han character is Chinese."""
    return "zh" if any("\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or char >= "\U00020000" for char in term) else "en"
