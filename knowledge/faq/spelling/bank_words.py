"""The words of one knowledge base: how often each stands in its texts, which stand side by side, how they sound.

Knows the texts it was built from. Does not know messages.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from knowledge.faq.spelling.lexicon import chinese, deletes_of
from knowledge.faq.spelling.said import Said, cut
from knowledge.faq.spelling.sounds import SoundIndex, Spelt

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


def bank_words(said: Said) -> BankWords:
    """Of equal counts equal words, in whatever order they were counted."""
    han = Counter(dict(sorted(said.han.items())))
    for pair, count in sorted(said.beside.items(), key=lambda item: (-item[1], item[0]))[:MOST_PAIRS]:
        han[pair] += count
    total = said.total["zh"]
    pairs = frozenset((one, other) for one, _, other in (pair.partition(" ") for pair in said.pairs))
    deletes = deletes_of((word, count) for word, count in sorted(said.english.items()) if len(word) > 2)
    return BankWords(han, said.english, pairs, frozenset(said.latin), (total, said.total["en"]), _sounds(han, total), deletes)


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
    parts = cut(word)
    readings = [lexicon.reading(part) for part in parts]
    return tuple(syllable for reading in readings for syllable in reading) if all(readings) else ()


def _mixed(count: int, total: int, general: float) -> float:
    chance = OWN_SHARE * count / (total + FEW_WORDS) + (1 - OWN_SHARE) * math.exp(-general)
    return -math.log(chance) if chance > 0 else math.inf
