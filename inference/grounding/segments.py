"""Cuts a stream into plain text and segments that may hold a claim. No claim reaches across two of them.

A segment opens at a word or character that a claim can begin with, and closes at a full stop of Chinese writing, at
a line's end, or when enough quiet words have followed that no unit can still belong to the last number. Each
decision looks only at what came before it, so the cut is the same however the stream is chopped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inference.grounding.folding import fold
from inference.grounding.numerals import EN_NUMBERS, EN_SCALES, ZH_NUMERALS

BEFORE = 12  # characters of left context that a segment's reading may use
_QUIET = 15  # this much quiet text closes a segment
_WORD_COST, _CHARACTER_COST = 5, 3

_STOPS = frozenset("\n\r。！？；，…“”‘’（）《》【】")
_CLAIM_CHARACTERS = frozenset(ZH_NUMERALS + "半周星礼第")
MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_CLAIM_WORDS = frozenset(
    [*EN_NUMBERS, *EN_SCALES, *MONTHS, *(month[:3] for month in MONTHS), "sept", *WEEKDAYS, *(f"{day}s" for day in WEEKDAYS)]
    + ["half", "rmb", "cny", "usd", "eur", "gbp", "hkd"]
)
_TELLING = re.compile(r"\d|[@$€£¥%]|://|\w\.\w")
_WORD_PARTS = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Segment:
    """Text that may hold claims, with what stood before it. `start` counts code points of the whole stream."""

    text: str
    start: int
    before: str
    opens_line: bool


class Segmenter:
    """Feed it pieces; it yields plain strings and segments, in order, together exactly the text."""

    def __init__(self) -> None:
        self._word: list[str] = []
        self._segment: list[str] | None = None
        self._segment_start = 0
        self._segment_opens_line = False
        self._quiet = 0
        self._position = 0  # of the next lexeme
        self._before = ""
        self._opens_line = True

    def feed(self, piece: str) -> Iterator[str | Segment]:
        for character, plain in zip(piece, fold(piece), strict=True):
            if _is_wordlike(plain):
                self._word.append(character)
                continue
            yield from self._close_word()
            yield from self._take(character, plain)

    def flush(self) -> Iterator[str | Segment]:
        yield from self._close_word()
        yield from self._close_segment()

    def _close_word(self) -> Iterator[str | Segment]:
        if self._word:
            word = "".join(self._word)
            self._word.clear()
            yield from self._place(word, is_telling=_is_telling(fold(word)), cost=_WORD_COST)

    def _take(self, character: str, plain: str) -> Iterator[str | Segment]:
        if plain in _STOPS:
            yield from self._close_segment()
            yield self._let_go(character)
            self._opens_line = plain in "\n\r"
        else:
            cost = 0 if plain.isspace() else _CHARACTER_COST
            yield from self._place(character, is_telling=plain in _CLAIM_CHARACTERS, cost=cost)

    def _place(self, lexeme: str, *, is_telling: bool, cost: int) -> Iterator[str | Segment]:
        if self._segment is None and not is_telling:
            yield self._let_go(lexeme)
            return
        if self._segment is None:
            self._segment, self._segment_start, self._segment_opens_line = [], self._position, self._opens_line
        self._segment.append(lexeme)
        self._position += len(lexeme)
        self._opens_line = False
        self._quiet = 0 if is_telling else self._quiet + cost
        if self._quiet >= _QUIET:
            yield from self._close_segment()

    def _let_go(self, text: str) -> str:
        self._position += len(text)
        self._before = (self._before + text)[-BEFORE:]
        self._opens_line = self._opens_line and not text.strip(" \t*-#>•·")
        return text

    def _close_segment(self) -> Iterator[Segment]:
        if self._segment is None:
            return
        text = "".join(self._segment)
        yield Segment(text, self._segment_start, self._before, self._segment_opens_line)
        self._before = (self._before + text)[-BEFORE:]
        self._segment = None
        self._quiet = 0


def _is_wordlike(plain: str) -> bool:
    return not plain.isspace() and plain not in _STOPS and plain != "、" and not "\u3400" <= plain <= "\u9fff"


def _is_telling(word: str) -> bool:
    return bool(_TELLING.search(word)) or not _CLAIM_WORDS.isdisjoint(_WORD_PARTS.findall(word))


def is_claim_word(word: str) -> bool:
    """Whether an English word is a claim by itself, or several joined: five, thirty-five, Monday."""
    return all(part in _CLAIM_WORDS for part in word.split("-"))
