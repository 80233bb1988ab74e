"""The word list and the allow-list that ship with the product. Where they come from: STARTER.md.

Knows their files. Does not know companies.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from knowledge.contracts import IN_NEED, Level
from knowledge.sensitive.terms import Term, normalise_term

FOLDER = Path(__file__).parent


@cache
def starter_terms() -> tuple[Term, ...]:
    return tuple(Term(row["term"], row["category"], Level(row["level"]), row["language"]) for row in _rows("starter.csv"))


@cache
def starter_allowed() -> tuple[str, ...]:
    return tuple(row["term"] for row in _rows("allowed.csv"))


def is_shipped_cry(text: str) -> bool:
    """Whether it is a shipped word by which somebody asks for help."""
    return normalise_term(text) in _cries()


@cache
def _cries() -> frozenset[str]:
    return frozenset(normalise_term(term.text) for term in starter_terms() if term.category == IN_NEED and term.level is Level.HAND_OVER)


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
