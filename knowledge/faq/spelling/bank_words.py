"""The words of one knowledge base: how often each stands in its texts, which stand side by side, how they sound.

Knows the texts it was built from. Does not know messages.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from knowledge.contracts import Language
from knowledge.faq.normalise import fold
from knowledge.faq.spelling.lexicon import chinese, deletes_of
from knowledge.faq.spelling.signs import HAN_SIGNS
from knowledge.faq.spelling.sounds import SoundIndex, Spelt

HAN_RUN = re.compile(f"[{HAN_SIGNS}]+")
LATIN_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_NOT_WORDS = re.compile(r"\S*(?:[@/\\_]|\w\.\w|\d)\S*")  # addresses, links, numbers of orders and models
LONGEST_WORD, LONGEST_PHRASE = 6, 8
OWN_SHARE = 0.5  # of the chance of a word: how often the bank says it; the rest: how often everybody does
FEW_WORDS = 400  # as if so many words that the bank does not have had been seen in it
MOST_ALIKE = 12
MOST_PAIRS = 50_000  # of Chinese; in a large bank the seldom ones are left out


@dataclass(frozen=True, slots=True)
class BankWords:
    chinese: Counter[str]  # words, and pairs of words as one
    english: Counter[str]
    pairs: frozenset[tuple[str, str]]  # English words side by side
    latin: frozenset[str]  # words in Latin letters of Chinese texts: app, vip
    totals: tuple[int, int]  # words of Chinese, words of English
    sounds: SoundIndex = field(repr=False)
    deletes: Any = field(repr=False)

    def chinese_cost(self, word: str) -> float:
        """Minus the logarithm of the chance; infinite for what neither the bank nor anybody says."""
        return _mixed(self.chinese.get(word, 0), self.totals[0], chinese().cost(word))

    def english_cost(self, word: str, general: float) -> float:
        return _mixed(self.english.get(word, 0), self.totals[1], general)


def bank_words(texts: Iterable[tuple[str, Language]]) -> BankWords:
    han: Counter[str] = Counter()
    beside: Counter[str] = Counter()
    total = 0
    english: Counter[str] = Counter()
    pairs: set[tuple[str, str]] = set()
    latin: set[str] = set()
    for text, language in texts:
        folded = fold(text)
        for run in HAN_RUN.findall(folded):
            total += _count_chinese(run, han, beside)
        found = LATIN_WORD.findall(_NOT_WORDS.sub(" ", folded))
        if language == "zh":
            latin.update(found)
            continue
        english.update(found)
        pairs.update(pairwise(found))
    for pair, count in beside.most_common(MOST_PAIRS):
        han[pair] += count
    totals = (total, sum(english.values()))
    deletes = deletes_of((word, count) for word, count in english.items() if len(word) > 2)
    return BankWords(han, english, frozenset(pairs), frozenset(latin), totals, _sounds(han, total), deletes)


def _count_chinese(run: str, words: Counter[str], beside: Counter[str]) -> int:
    found = _cut(run)
    words.update(word for word in found if len(word) <= LONGEST_WORD)
    beside.update(one + other for one, other in pairwise(found) if len(one + other) <= LONGEST_PHRASE)
    return len(found)


def _sounds(counts: Counter[str], total: int) -> SoundIndex:
    """Commonest first; of a character its usual reading."""
    index = SoundIndex(MOST_ALIKE)
    for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if reading := _reading(word):
            index.add(Spelt(word, reading, _mixed(count, total, chinese().cost(word))))
    return index


def _reading(word: str) -> tuple[str, ...]:
    """A phrase sounds like its words; where a character has several readings, whole words know which."""
    lexicon = chinese()
    if word in lexicon.counts:
        return lexicon.reading(word)
    parts = _cut(word)
    readings = [lexicon.reading(part) for part in parts]
    return tuple(syllable for reading in readings for syllable in reading) if all(readings) else ()


def _mixed(count: int, total: int, general: float) -> float:
    chance = OWN_SHARE * count / (total + FEW_WORDS) + (1 - OWN_SHARE) * math.exp(-general)
    return -math.log(chance) if chance > 0 else math.inf


def _cut(run: str) -> list[str]:
    import rjieba

    return list(rjieba.cut(run))
