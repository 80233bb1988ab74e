"""The views of a text in which an automaton looks for words: quick to make, and never without a word that the scanner would find.

    raw       D.4.m\u200bn it!     as it was written
    gapped    d 4 mn it!      what is invisible dropped, letters folded, whatever may stand between two letters of a word one space
    bare      d4mnit          what words are made of
    leet      damniti         leet signs as letters; `l` and `i` are one, because `1` may be either

Knows characters. Does not know words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from knowledge.sensitive.characters import CHARACTERS, LEET_DIGITS, LEET_SYMBOLS, Kind, edge_of

Indices = npt.NDArray[np.intp]
Places = list[int] | Indices

DOUBLE = re.compile(r"(.)\1")
WORTH_ARRAYS = 400  # characters
APART = "\x01"  # around symbols whose border is not the one that they look like: 一 is read as 1, and a flag as letters
SIGNS = "".join(sign for sign in LEET_SYMBOLS if sign.isascii())
AS_LETTERS = tuple({**LEET_DIGITS, **LEET_SYMBOLS}.items())
NO_LEET = (" ", APART)
NO_LETTERS = (*NO_LEET, *SIGNS)
_UNSEEN, _UNREAD = frozenset(NO_LETTERS), frozenset(NO_LEET)
_BARE, _LEET = (np.array([chr(code) not in without for code in range(128)]) for without in (NO_LETTERS, NO_LEET))


class _Gapped(dict[int, str | None]):
    """For `str.translate`. None instead of an empty text keeps its quick way for ASCII."""

    def __missing__(self, code: int) -> str | None:
        value = self[code] = _gapped(chr(code))
        return value


def _gapped(char: str) -> str | None:
    entry = CHARACTERS[char]
    if entry.kind is Kind.DROP:
        return None
    if entry.kind is Kind.BREAK:
        return "\n"
    if entry.kind is not Kind.WORD:
        return next((sign for sign in SIGNS if entry.literal == sign), " ")
    has_own_border = all(edge_of(symbol) is entry.edge for symbol in entry.symbols)
    return entry.symbols if has_own_border else f"{APART}{entry.symbols}{APART}"


GAPPED = _Gapped()


def gapped_of(text: str) -> str:
    return text.translate(GAPPED)


def bare_of(gapped: str) -> str:
    for sign in NO_LETTERS:
        gapped = gapped.replace(sign, "")
    return gapped


def leet_of(gapped: str) -> str:
    gapped = gapped.replace(" ", "").replace(APART, "")
    for sign, letters in AS_LETTERS:
        gapped = gapped.replace(sign, letters[0])
    return gapped.replace("l", "i")


def squeezed_of(view: str) -> str:
    """Every run of one character as one."""
    return runs_of(view)[0] if DOUBLE.search(view) else view


def runs_of(view: str) -> tuple[str, Indices]:
    """The view with every run of one character as one, and where in the view each begins; at last its end."""
    codes = _codes(view)
    is_first = np.ones(len(codes) + 1, dtype=np.bool_)
    np.not_equal(codes[1:], codes[:-1], out=is_first[1:-1])
    symbols = codes[is_first[:-1]].tobytes()
    return symbols.decode("ascii" if view.isascii() else "utf-32-le"), np.flatnonzero(is_first)


def bare_places(gapped: str) -> Places:
    """Of every character of the bare view its place in the gapped one."""
    return _places(gapped, _UNSEEN, _BARE)


def leet_places(gapped: str) -> Places:
    return _places(gapped, _UNREAD, _LEET)


def _places(gapped: str, without: frozenset[str], is_kept: npt.NDArray[np.bool_]) -> Places:
    if len(gapped) < WORTH_ARRAYS:
        return [place for place, symbol in enumerate(gapped) if symbol not in without]
    return np.flatnonzero(is_kept[np.minimum(_codes(gapped), len(is_kept) - 1)])


def _codes(view: str) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint32]:
    """ASCII in bytes, which are read four times as fast."""
    if view.isascii():
        return np.frombuffer(view.encode("ascii"), dtype=np.uint8)
    return np.frombuffer(view.encode("utf-32-le"), dtype=np.uint32)


def raw_places(text: str, gapped: str) -> Sequence[int]:
    """Of every character of the gapped view its place in the raw text."""
    if text.isascii() and len(text) == len(gapped):
        return range(len(text))
    return [place for place, char in enumerate(text) for _ in GAPPED[ord(char)] or ""]
