"""The words that everybody uses: shipped Chinese words with readings, English words with counts from symspellpy.

Read once in a process. Knows no bank and no message.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from knowledge.faq.spelling.sounds import SoundIndex, Spelt

FOLDER = Path(__file__).parent
CHINESE_TOTAL = 60_101_967
RARE_CHINESE = 10  # as if counted: a word that rjieba's dictionary has and our list has not
MOST_ALIKE = 24  # words of one sound that are worth a look
COMMON_ENGLISH = 15_000


class ChineseLexicon:
    def __init__(self, rows: Iterable[tuple[str, int, str]]) -> None:
        self.counts: dict[str, int] = {}
        self._readings: dict[str, tuple[str, ...]] = {}
        self.characters: dict[str, tuple[str, ...]] = {}
        self.sounds = SoundIndex(MOST_ALIKE)
        for word, count, reading in rows:
            self.counts[word] = count
            cost = -math.log(count / CHINESE_TOTAL)
            if len(word) > 1:
                self._readings[word] = tuple(reading.split())
                self.sounds.add(Spelt(word, self._readings[word], cost))
                continue
            self.characters[word] = tuple(reading.split(","))
            for place, syllable in enumerate(self.characters[word]):
                self.sounds.add(Spelt(word, (syllable,), cost + 3.0 * place))

    def reading(self, word: str) -> tuple[str, ...]:
        """One syllable a character, its usual one where the word is none of ours; empty where a character has none."""
        if (known := self._readings.get(word)) is not None:
            return known
        if all(character in self.characters for character in word):
            return tuple(self.characters[character][0] for character in word)
        return ()

    def cost(self, word: str) -> float:
        """Minus the logarithm of its share; infinite for what is no word. Single characters always are."""
        if (count := self.counts.get(word)) is not None:
            return -math.log(count / CHINESE_TOTAL)
        if len(word) == 1:
            return 16.0
        return -math.log(RARE_CHINESE / CHINESE_TOTAL) if _cutter().has_word(word) else math.inf


@lru_cache(maxsize=1)
def chinese() -> ChineseLexicon:
    lines = (FOLDER / "words.zh.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return ChineseLexicon((word, int(count), reading) for word, count, reading in rows)


class EnglishLexicon:
    def __init__(self, counts: dict[str, int], chat: frozenset[str]) -> None:
        self.counts = counts
        self.chat = chat  # what people write in chats and no book has
        self._total = sum(counts.values())
        self.common = tuple(sorted(counts, key=counts.__getitem__, reverse=True)[:COMMON_ENGLISH])

    def cost(self, word: str) -> float:
        """Minus the logarithm of its share; infinite for what is no word."""
        if word in self.chat:
            return 9.0
        count = self.counts.get(word)
        return math.inf if not count else -math.log(count / self._total)


@lru_cache(maxsize=1)
def english() -> EnglishLexicon:
    rows = (resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig").splitlines()
    counts = {word: int(count) for word, count in (row.split(" ") for row in rows if row)}
    chat = [line.split() for line in (FOLDER / "chat.en.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return EnglishLexicon(counts, frozenset(word for found in chat for word in found))


@lru_cache(maxsize=1)
def common_english() -> Any:
    """Symmetric deletes of the most common words."""
    lexicon = english()
    return deletes_of((word, lexicon.counts[word]) for word in lexicon.common if len(word) > 2)


def deletes_of(counted: Iterable[tuple[str, int]]) -> Any:
    from symspellpy import SymSpell

    made = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
    for word, count in counted:
        made.create_dictionary_entry(word, count)
    return made


@lru_cache(maxsize=1)
def _cutter() -> Any:
    import rjieba

    return rjieba
