"""What a FAQ says in all its phrasings and answers, whatever the language.

Read when it is asked for and remembered a while. Knows words; no chances, no index.
"""

from __future__ import annotations

from functools import lru_cache

from knowledge.faq.bank import Bank
from knowledge.faq.normalise import fold, is_han, words

_REMEMBERED = 512  # FAQs: what conversations are about for a while


class Told:
    """Of FAQs by their numbers in the bank."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._read = lru_cache(maxsize=_REMEMBERED)(self._reading)

    def words(self, number: int) -> frozenset[str]:
        return self._read(number)[0]

    def has(self, number: int, word: str) -> bool:
        """Chinese words however a dictionary cuts them there."""
        found, text = self._read(number)
        return word in found or (is_han(word) and word in text)

    def says(self, number: int, name: str) -> bool:
        """Whether it has every word of the name."""
        return all(self.has(number, word) for word in words(name))

    def _reading(self, number: int) -> tuple[frozenset[str], str]:
        faq = self._bank.faqs[number]
        text = "\n".join([*(variant.text for variant in faq.variants), *(answer.text for answer in faq.answers.values())])
        return frozenset(words(text)), fold(text)
