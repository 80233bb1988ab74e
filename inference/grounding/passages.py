"""Evidence as the support score reads it: words with their places, numbers with their places, and how far one is from the other.

Far means: over the ends of clauses and sentences. Knows shapes, no meaning and no truth.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inference.grounding.claims import Found, find_claims
from inference.grounding.clauses import is_plain_word, plain_of, stem

_UNIT = re.compile(r"[\u3400-\u9fff]+|[a-z][a-z'-]*|\d+(?:[.,:/-]\d+)*")
_SENTENCE_END = re.compile(r"[。！？!?；;\n]+|\.(?=\s|$)")
_CLAUSE_ENDS = frozenset("，,、：:")
_OVER_A_CLAUSE, _OVER_A_SENTENCE = 4.0, 12.0
_REACH = {True: 8.0, False: 24.0}  # characters, of Chinese and of other words, after which a word counts a third


@dataclass(frozen=True, slots=True)
class Unit:
    """A word of content without its ending, or a pair of Chinese characters."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A number (date, price, name with digits …) where it stands."""

    found: Found
    passage: int
    start: int
    end: int


class Passage:
    """One text, read once. Of an answer idioms are no numbers: 一家 and "one of"."""

    def __init__(self, text: str, number: int = 0, *, is_answer: bool = False) -> None:
        self.plain = plain_of(text)
        self.units = units_of(self.plain)
        found = find_claims(self.plain, opens_line=False, is_answer=is_answer)
        self.mentions = [Mention(one, number, one.claim.start, one.claim.end) for one in found]
        self.sentences = _sentences_of(self.units, self.plain)
        self._cost = _costs(self.plain)

    def distance(self, one: int, other: int) -> float:
        return abs(one - other) + abs(self._cost[one] - self._cost[other])

    def spread(self, mention: Mention) -> dict[str, float]:
        """For each word how near its nearest occurrence is to the mention: 1 beside it, a third at the reach."""
        near: dict[str, float] = {}
        for unit in self.units:
            place = mention.start if unit.at < mention.start else min(mention.end, len(self.plain) - 1)
            value = math.exp(-self.distance(unit.at, place) / _REACH[unit.text > "z"])
            if value > near.get(unit.text, 0.0):
                near[unit.text] = value
        return near


def units_of(plain: str, *, with_plain_words: bool = False) -> list[Unit]:
    found: list[Unit] = []
    for run in _UNIT.finditer(plain):
        text = run[0]
        if text > "z":
            found += [Unit(text[at : at + 2], run.start() + at) for at in range(max(1, len(text) - 1))]
        elif text[0].isdigit():
            found.append(Unit(text, run.start()))
        elif with_plain_words or not is_plain_word(text):
            found.append(Unit(stem(text) or text, run.start()))
    return found


def rarity(passages: Iterable[Passage]) -> Counter[str]:
    """How often each unit stands in all of them."""
    return Counter(unit.text for passage in passages for unit in passage.units)


def windows(passages: Sequence[Passage], size: int) -> list[frozenset[str]]:
    """The words of every `size` sentences in a row."""
    found: list[frozenset[str]] = []
    for passage in passages:
        own = passage.sentences
        found += [frozenset().union(*own[at : at + size]) for at in range(max(1, len(own) - size + 1))]
    return found


def _sentences_of(units: Sequence[Unit], plain: str) -> list[frozenset[str]]:
    ends = [end.end() for end in _SENTENCE_END.finditer(plain)]
    grouped: dict[int, set[str]] = {}
    for unit in units:
        grouped.setdefault(bisect_left(ends, unit.at + 1), set()).add(unit.text)
    return [frozenset(words) for _, words in sorted(grouped.items())]


def _costs(plain: str) -> list[float]:
    """For each place what the ends before it cost, so that two places' difference is what lies between them."""
    costs, sofar = [], 0.0
    ends = {end.start() for end in _SENTENCE_END.finditer(plain)}
    for at, character in enumerate(plain):
        costs.append(sofar)
        if at in ends:
            sofar += _OVER_A_SENTENCE
        elif character in _CLAUSE_ENDS:
            sofar += _OVER_A_CLAUSE
    return [*costs, sofar]
