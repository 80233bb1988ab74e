"""How a text is read when words are looked for, one step after the other, for people who wonder why a word was or was not found.

Knows the table of characters and compiled words. Decides nothing: the scanner reads by the same table.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.sensitive.characters import CHARACTERS, Kind
from knowledge.sensitive.matcher import Matcher
from knowledge.sensitive.terms import Term
from knowledge.sensitive.views import bare_of, gapped_of

SKIPPED = (Kind.GAP, Kind.SPACE)


@dataclass(frozen=True, slots=True)
class Steps:
    """A text after each step. `dropped` and `skipped` name the characters that went, and how often."""

    raw: str
    visible: str
    folded: str
    letters: str
    leet: str
    bare: str
    dropped: tuple[str, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A listed word in a text; `spared_by` is the allowed phrase around it, for which it is no hit."""

    term: Term
    start: int
    end: int
    found: str
    spared_by: str


def steps_of(text: str) -> Steps:
    visible = "".join(char for char in text if CHARACTERS[char].kind is not Kind.DROP)
    return Steps(
        raw=text,
        visible=visible,
        folded=unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold()),
        letters="".join(CHARACTERS[char].symbols or char for char in visible),
        leet="".join(CHARACTERS[char].letters[:1] or CHARACTERS[char].symbols or char for char in visible),
        bare=bare_of(gapped_of(text)),
        dropped=_named(char for char in text if CHARACTERS[char].kind is Kind.DROP),
        skipped=_named(char for char in text if CHARACTERS[char].kind in SKIPPED),
    )


def matches_of(text: str, matcher: Matcher) -> list[Match]:
    found, spared = matcher.read(text)
    by_place = sorted({(one.start, one.end, one.term.text): one for one in found}.values(), key=lambda one: (one.start, one.end))
    phrases = sorted(spared, key=lambda span: span[0] - span[1])
    return [
        Match(one.term, one.start, one.end, text[one.start : one.end], _around(text, (one.start, one.end), phrases)) for one in by_place
    ]


def _around(text: str, span: tuple[int, int], phrases: Iterable[tuple[int, int]]) -> str:
    return next((text[start:end] for start, end in phrases if start <= span[0] and span[1] <= end), "")


def _named(chars: Iterable[str]) -> tuple[str, ...]:
    """Those that can be seen as they are, others by their code."""
    counted = Counter(chars).most_common()
    shown = [(char if char.isprintable() and not char.isspace() else f"U+{ord(char):04X}", count) for char, count in counted]
    return tuple(f"{name} ×{count}" for name, count in shown)
