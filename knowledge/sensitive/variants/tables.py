"""Shipped tables of what a character may be written as: its two halves, a look-alike, a picture. Reads files, knows no text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from knowledge.faq.spelling.lexicon import chinese

FOLDER = Path(__file__).parent
DIGITS = dict(zip("0123456789", ("ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"), strict=True))


def sounds_of(char: str) -> tuple[str, ...]:
    """Toneless readings, the usual one first; empty for what has none."""
    return chinese().characters.get(char) or ((DIGITS[char],) if char in DIGITS else ())


@cache
def halves() -> Mapping[str, str]:
    """Two characters that stand side by side → the one that they are the halves of."""
    return {written: row[0] for row in _rows("parts.txt") for written in row[1:]}


@cache
def look_alikes() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for (group,) in _rows("shapes.txt"):
        for char in group:
            found[char] |= {*group} - {char}
    return {char: frozenset(others) for char, others in found.items()}


@cache
def pictures() -> Mapping[str, str]:
    """A picture → the characters that it may stand for."""
    return {row[0]: row[1] for row in _rows("pictures.txt")}


def _rows(name: str) -> Iterator[list[str]]:
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split()
