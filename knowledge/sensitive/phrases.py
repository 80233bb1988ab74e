"""Allowed phrases in whole texts: which ones stand around the words that were found.

Knows how the allow-list reads a text. Does not know how words are found; a stream reads its phrases itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knowledge.sensitive.characters import CHARACTERS
from knowledge.sensitive.scanner import Found
from knowledge.sensitive.terms import Words


def spared_near(text: str, found: Iterable[Found], words: Words) -> list[tuple[int, int]]:
    """Spans of allowed phrases that may cover one of these: each character of a text is at least one of a phrase."""
    if not words.allowed:
        return []
    begins = {place for one in found for place in range(max(0, one.end - words.longest_allowed), one.start + 1)}
    return [span for begin in sorted(begins) for span in _spans(text, begin, words)]


def _spans(text: str, begin: int, words: Words) -> Iterator[tuple[int, int]]:
    read = ""
    for place in range(begin, len(text)):
        read += CHARACTERS[text[place]].literal
        if read in words.allowed:
            yield begin, place + 1
        if read not in words.allowed_inner:
            return
