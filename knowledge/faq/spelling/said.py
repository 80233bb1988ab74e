"""How often a knowledge base says each word, which can be added to and taken from, text by text. Knows texts; no sounds, no messages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from knowledge.contracts import Language
from knowledge.faq.normalise import fold
from knowledge.faq.spelling.signs import HAN_SIGNS

HAN_RUN = re.compile(f"[{HAN_SIGNS}]+")
LATIN_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_NOT_WORDS = re.compile(r"\S*(?:[@/\\_]|\w\.\w|\d)\S*")  # addresses, links, numbers of orders and models
LONGEST_WORD, LONGEST_PHRASE = 6, 8
COUNTERS = ("han", "beside", "english", "pairs", "latin")

Text = tuple[str, Language]


@dataclass(frozen=True, slots=True)
class Said:
    """`beside`: two Chinese words as one; `pairs`: two English words with a space; `latin`: words in Latin letters of Chinese texts."""

    han: Counter[str] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)
    english: Counter[str] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)
    latin: Counter[str] = field(default_factory=Counter)
    total: Counter[Language] = field(default_factory=Counter)

    @classmethod
    def of(cls, texts: Iterable[Text]) -> Said:
        made = cls()
        for text, language in texts:
            made._count(text, language)
        return made

    def changed(self, added: Iterable[Text], taken: Iterable[Text]) -> Said:
        """As if counted anew with some texts more and some less; those must have been counted."""
        more, less = Said.of(added), Said.of(taken)
        return Said(*(_changed(getattr(self, name), getattr(more, name), getattr(less, name)) for name in (*COUNTERS, "total")))

    def _count(self, text: str, language: Language) -> None:
        folded = fold(text)
        for run in HAN_RUN.findall(folded):
            self._count_chinese(run)
        found = LATIN_WORD.findall(_NOT_WORDS.sub(" ", folded))
        if language == "zh":
            self.latin.update(found)
            return
        self.english.update(found)
        self.pairs.update(f"{one} {other}" for one, other in pairwise(found))
        self.total["en"] += len(found)

    def _count_chinese(self, run: str) -> None:
        found = cut(run)
        self.han.update(word for word in found if len(word) <= LONGEST_WORD)
        self.beside.update(one + other for one, other in pairwise(found) if len(one + other) <= LONGEST_PHRASE)
        self.total["zh"] += len(found)

    def to_json(self) -> dict[str, Any]:
        return {name: dict(sorted(getattr(self, name).items())) for name in (*COUNTERS, "total")}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Said:
        return cls(*(Counter(data[name]) for name in (*COUNTERS, "total")))


def _changed(counter: Counter[Any], more: Counter[Any], less: Counter[Any]) -> Counter[Any]:
    """Without touching what stays as it is: a copy is quick, a sum of counters is not."""
    made = counter.copy()
    made.update(more)
    for word, count in less.items():
        made[word] -= count
        if made[word] <= 0:
            del made[word]
    return made


def cut(run: str) -> list[str]:
    import rjieba

    return list(rjieba.cut(run))
