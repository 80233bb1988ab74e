"""Labelled texts of a filter bench: DIR/texts.csv with the columns lang, text, label (sensitive, clean), subset; id where there is one.

Knows the file and what is wrong with it. Does not know filters.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from knowledge.contracts import LANGUAGES

FILE = "texts.csv"
COLUMNS = ("lang", "text", "label", "subset")
SENSITIVE, CLEAN = "sensitive", "clean"


class BenchError(ValueError):
    """Names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Labelled:
    id: str
    language: str
    text: str
    is_sensitive: bool
    subset: str

    @property
    def group(self) -> str:
        return f"{self.language}/{self.subset}"


def rows_read(folder: Path) -> list[Labelled]:
    path = folder / FILE
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise BenchError(f"{path}: the columns {', '.join(missing)} are missing")
            rows = [_labelled(path, number, row) for number, row in enumerate(reader, 1)]
    except UnicodeDecodeError as error:
        raise BenchError(f"{path} is not UTF-8: {error}") from error
    except (OSError, csv.Error) as error:
        raise BenchError(f"{path}: {error}") from error
    if not rows:
        raise BenchError(f"{path} holds no rows")
    return rows


def _labelled(path: Path, number: int, row: dict[str, str | None]) -> Labelled:
    cells = {name: row.get(name) or "" for name in COLUMNS}
    if cells["label"] not in (SENSITIVE, CLEAN):
        raise BenchError(f"{path}, row {number}: the label {cells['label']!r} is neither {SENSITIVE} nor {CLEAN}")
    if cells["lang"] not in LANGUAGES:
        raise BenchError(f"{path}, row {number}: the language {cells['lang']!r} is none of {', '.join(LANGUAGES)}")
    return Labelled(row.get("id") or str(number), cells["lang"], cells["text"], cells["label"] == SENSITIVE, cells["subset"])
