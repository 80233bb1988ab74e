"""Reads a message as the knowledge base would spell it: pinyin, characters of the same sound, words of Taiwan and
Hong Kong, slips of the keys.

Loaded by workers only. In doubt the message stays as it is. Does not know FAQs or how anything is searched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from knowledge.contracts import Language
from knowledge.faq.normalise import detect_language
from knowledge.faq.spelling import mandarin, typing_slips
from knowledge.faq.spelling import regional as regional_words
from knowledge.faq.spelling.bank_words import BankWords, bank_words
from knowledge.faq.spelling.lexicon import common_english
from knowledge.faq.spelling.reading import Change, Reading, changed
from knowledge.faq.spelling.said import Said

LONGEST = 300  # characters; nobody writes so much in pinyin, and what is long says enough as it is


class Speller:
    """Immutable once built."""

    def __init__(self, words: BankWords) -> None:
        self._words = words

    @classmethod
    def build(cls, texts: Iterable[tuple[str, Language]]) -> Speller:
        """`texts`: everything that the knowledge base says, each with its language."""
        return cls.over(Said.of(texts))

    @classmethod
    def over(cls, said: Said) -> Speller:
        made = cls(bank_words(said))
        common_english()  # now, lest the first visitor wait for it
        return made

    def read(self, text: str, language: Language | None = None) -> Reading:
        """`language` as far as the caller knows it; a message in pinyin is Chinese, whatever it said."""
        own = language or detect_language(text)
        if len(text) > LONGEST:
            return Reading(text, own)
        changes = tuple(replace(change, was=text[change.start : change.end]) for change in self._changes(text))
        now = changed(text, changes)
        return Reading(now, "zh" if _wrote_pinyin(changes) and detect_language(now) == "zh" else own, changes)


    def _changes(self, text: str) -> tuple[Change, ...]:
        regional = regional_words.respelt(text, self._words)
        if found := _together(regional, mandarin.respelt(text, self._words)):
            return found
        return typing_slips.respelt(text, self._words) if detect_language(text) == "en" else ()


def _together(first: tuple[Change, ...], second: tuple[Change, ...]) -> tuple[Change, ...]:
    """In order; of two that overlap the first kind counts."""
    apart = [change for change in second if all(change.end <= other.start or change.start >= other.end for other in first)]
    return tuple(sorted([*first, *apart], key=lambda change: change.start))


def _wrote_pinyin(changes: tuple[Change, ...]) -> bool:
    return any(change.kind == "pinyin" for change in changes)
