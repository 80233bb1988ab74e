"""What each character counts as when words are looked for: the one table behind every reading of a text.

Knows Unicode, look-alikes and traditional Chinese. Each character is judged alone, never by its neighbours: that is
what lets a stream be read in pieces. Does not know words, levels or streams.
"""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from functools import cache
from typing import NamedTuple

from knowledge.sensitive.look_alikes import LOOK_ALIKES, NUMERALS, ROMAN, ROMAN_LETTERS, UNFOLDED


class Kind(IntEnum):
    DROP = 0  # invisible or combining: as if it were not there
    WORD = 1  # letters, digits, Han: what words are made of
    GAP = 2  # punctuation, symbols, emoji: may stand between the characters of a word
    SPACE = 3  # like GAP, but between Latin letters it usually parts two words
    BREAK = 4  # ends a sentence: no word reaches across


class Edge(IntEnum):
    """How a character stands at the border of a Latin word or a number."""

    NONE = 0
    LETTER = 1
    DIGIT = 2


class Char(NamedTuple):
    kind: Kind
    symbols: str = ""  # what it reads as; several for a ligature or a unit sign
    letters: str = ""  # the letters that it may stand for in leet spelling
    edge: Edge = Edge.NONE
    literal: str = ""  # how the allow-list reads it: folded, nothing dropped


LEET_DIGITS = {"0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g"}
LEET_SYMBOLS = {"@": "a", "＠": "a", "﹫": "a", "$": "s", "＄": "s", "﹩": "s", "!": "i", "|": "il", "｜": "il"}

BREAKS = frozenset("\n\r\v\f\x85\u2028\u2029。！？｡︕︖﹗﹖‼⁇⁈⁉")
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u2800")
_QUOTES = str.maketrans(dict.fromkeys("’‘ʼ＇`´", "'"))


# Enclosed letters that NFKC leaves alone: first code point -> letters from "a" on.
_ENCLOSED = (0x1F150, 0x1F170, 0x1F1E6)


@cache
def simplified() -> dict[str, str]:
    """Traditional -> simplified, character by character."""
    import opencc

    convert = opencc.OpenCC("t2s").convert
    table: dict[str, str] = {}
    for first in range(0x3400, 0xA000, 0x400):
        block = [chr(code) for code in range(first, first + 0x400)]
        found = zip(block, convert("\n".join(block)).split("\n"), strict=True)
        table.update((before, after) for before, after in found if before != after and len(after) == 1)
    return table


class _Edges(dict[str, Edge]):
    """Of symbols in their folded form: Han, kana and hangul have no word borders."""

    def __missing__(self, symbol: str) -> Edge:
        value = self[symbol] = _edge_of(symbol)
        return value


def _edge_of(symbol: str) -> Edge:
    if not symbol.isalnum():
        return Edge.NONE
    if symbol.isascii():
        return Edge.DIGIT if symbol.isdigit() else Edge.LETTER
    code = ord(symbol)
    is_alphabetic = code < 0x0E00 or 0x10A0 <= code < 0x1100 or 0x1E00 <= code < 0x2000 or 0x2C00 <= code < 0x2E00 or 0xA640 <= code < 0xAC00
    return Edge.LETTER if is_alphabetic and symbol.isalpha() else Edge.NONE


edge_of = _Edges().__getitem__  # asked for every character of every word and text


def _base(char: str) -> str:
    """One folded character -> the plain letter under its accents, look-alikes and variant forms."""
    stripped = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    if len(stripped) == 1 and (stripped.isascii() or stripped in LOOK_ALIKES):
        char = stripped
    char = LOOK_ALIKES.get(char) or simplified().get(char) or char
    return NUMERALS.get(char, char)


def _fold(char: str) -> str:
    code = ord(char)
    for first in _ENCLOSED:
        if first <= code < first + 26:
            return chr(ord("a") + code - first)
    if char in UNFOLDED:
        return UNFOLDED[char]
    if (digit := unicodedata.digit(char, None)) is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold())
    return "".join(_base(part) for part in folded if part.isalnum())


def describe(char: str) -> Char:
    """The entry of one character."""
    category = unicodedata.category(char)
    if char in BREAKS:
        return Char(Kind.BREAK, literal="\n")
    if char in LEET_SYMBOLS:
        return Char(Kind.GAP, letters=LEET_SYMBOLS[char], literal=unicodedata.normalize("NFKC", char))
    if char == "\t" or category == "Zs":
        return Char(Kind.SPACE, literal=" ")
    if category[0] == "M" or category in ("Cc", "Cf", "Cs") or char in _FILLERS:
        return Char(Kind.DROP, literal=char)
    symbols = _fold(char)
    if not symbols:
        return Char(Kind.GAP, literal=unicodedata.normalize("NFKC", char).translate(_QUOTES))
    if number := _roman(ord(char)):
        return Char(Kind.WORD, str(number), ROMAN_LETTERS.get(number, ""), Edge.LETTER, str(number))
    if category == "Lo" and symbols.isdigit():
        return Char(Kind.WORD, symbols, literal=symbols)
    # Signs such as TM or a flag read as letters inside a word, but never part it from its border.
    edge = edge_of(symbols[0]) if category[0] in "LN" else Edge.NONE
    return Char(Kind.WORD, symbols, LEET_DIGITS.get(symbols, ""), edge, symbols)


def _roman(code: int) -> int:
    """Its value, of the signs from one to nine; 0 for any other character."""
    return next((code - first + 1 for first in ROMAN if first <= code < first + 9), 0)


class Table(dict[str, Char]):
    """Every character's entry, made when it is first met."""

    def __missing__(self, char: str) -> Char:
        entry = self[char] = describe(char)
        return entry


CHARACTERS = Table()


class Skeleton(dict[int, str]):
    """For `str.translate`: a text with everything dropped that no word is made of."""

    def __missing__(self, code: int) -> str:
        char = CHARACTERS[chr(code)]
        value = self[code] = "\n" if char.kind is Kind.BREAK else char.symbols
        return value


SKELETON = Skeleton()
