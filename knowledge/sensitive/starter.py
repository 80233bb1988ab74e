"""The word list and the allow-list that ship with the product. Where they come from: STARTER.md.

Knows their files. Does not know companies.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from knowledge.contracts import Level
from knowledge.sensitive.terms import Term

FOLDER = Path(__file__).parent


@cache
def starter_terms() -> tuple[Term, ...]:
    return tuple(Term(row["term"], row["category"], Level(row["level"]), row["language"]) for row in _rows("starter.csv"))


@cache
def starter_allowed() -> tuple[str, ...]:
    return tuple(row["term"] for row in _rows("allowed.csv"))


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
