"""Which words of a text stand in another too, as pieces of the raw text: for people who want to see why two were found alike.

Knows words. Does not know weights, FAQs, or what a match is worth.
"""

from __future__ import annotations

import re

from knowledge.faq.normalise import fold, stem, words

Piece = tuple[str, bool]

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKENS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+(?:'[a-zA-Z]+)?")
_IS_HAN = re.compile(rf"[{_HAN}]")
MOST = 4000


def shared_pieces(text: str, other: str) -> list[Piece]:
    """The whole text, cut into pieces that are shared and pieces that are not."""
    text = text[:MOST]
    theirs = set(words(other[:MOST]))
    marked = [False] * len(text)
    for token in _TOKENS.finditer(text):
        for start, end in _shared(token.group(), theirs):
            marked[token.start() + start : token.start() + end] = [True] * (end - start)
    return _joined(text, marked)


def _shared(token: str, theirs: set[str]) -> list[tuple[int, int]]:
    if not _IS_HAN.match(token):
        return [(0, len(token))] if stem(fold(token)) in theirs else []
    found, place = [], 0
    if len(fold(token)) != len(token):  # a character that folds into two: no way back to the raw text
        return []
    for word in words(token):
        if word in theirs:
            found.append((place, place + len(word)))
        place += len(word)
    return found


def _joined(text: str, marked: list[bool]) -> list[Piece]:
    pieces: list[Piece] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or marked[place] != marked[start]:
            pieces.append((text[start:place], marked[start]))
            start = place
    return pieces
