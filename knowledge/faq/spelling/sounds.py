"""Words found by how they sound. Knows readings and costs. Does not know messages."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.faq.spelling.syllables import blurred


@dataclass(frozen=True, slots=True)
class Spelt:
    """A word, its syllables and its cost: minus the logarithm of its chance."""

    word: str
    syllables: tuple[str, ...]
    cost: float


class SoundIndex:
    """`begins(key)` says whether to go on: keys are blurred syllables with a space after each."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._words: dict[str, list[Spelt]] = {}
        self._begins: set[str] = set()

    def add(self, spelt: Spelt) -> None:
        """Words of one key come cheapest first, as long as they are added so; what comes too late is left out."""
        key = ""
        for syllable in spelt.syllables:
            key += blurred(syllable) + " "
            self._begins.add(key)
        alike = self._words.setdefault(key, [])
        if len(alike) < self._most:
            alike.append(spelt)

    def begins(self, key: str) -> bool:
        return key in self._begins

    def find(self, key: str) -> list[Spelt]:
        return self._words.get(key, [])
