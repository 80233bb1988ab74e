"""A text as pieces that may each stand for a character: by its form, its sound, its halves, a picture, or Latin letters that spell it.

    你 女马 sha 🐶   →   你 | 女, 女马 | sha | 🐶

Knows characters and sounds. Does not know listed words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from knowledge.faq.spelling.syllables import LONGEST, SYLLABLES
from knowledge.sensitive.characters import CHARACTERS, Kind
from knowledge.sensitive.variants.tables import halves, look_alikes, pictures, sounds_of

Way = Literal["same", "halves", "picture", "shape", "sound", "spelt"]


@dataclass(frozen=True, slots=True)
class Piece:
    """[start, end) in code points of the raw text. `stands_for`: characters by their form; `sounds`: any character that sounds so."""

    start: int
    end: int
    way: Way  # how it stands for what it stands for by form; "spelt" for Latin letters
    stands_for: str = ""
    sounds: tuple[str, ...] = ()

    def way_to(self, char: str) -> Way | None:
        if char in self.stands_for:
            return self.way
        if self.way == "same" and char in look_alikes().get(self.stands_for, ()):
            return "shape"
        if any(sound in self.sounds for sound in sounds_of(char)):
            return "spelt" if self.way == "spelt" else "sound"
        return None


@dataclass(frozen=True, slots=True)
class Symbol:
    symbol: str
    start: int
    end: int
    seen: str = ""  # Han: a numeral as it is written, since listed words have it as a digit

    @property
    def is_han(self) -> bool:
        return "\u3400" <= self.seen <= "\u9fff"


def symbols_of(text: str) -> list[Symbol]:
    """What is seen of a text: Han, digits, letters, pictures; " " for spaces, once; "\\n" for any other sign: no guess reaches across."""
    found: list[Symbol] = []
    for place, char in enumerate(text):
        entry = CHARACTERS[char]
        if entry.kind is Kind.DROP:
            continue
        if char in pictures():
            found.append(Symbol(char, place, place + 1))
        elif entry.kind is Kind.WORD:
            found += [Symbol(symbol, place, place + 1, char if symbol.isdigit() else symbol) for symbol in entry.symbols]
        elif entry.kind is not Kind.SPACE:
            found.append(Symbol("\n", place, place + 1))
        elif not found or found[-1].symbol != " ":
            found.append(Symbol(" ", place, place + 1))
    return found


def pieces_of(symbols: list[Symbol]) -> list[list[tuple[int, Piece]]]:
    """For each symbol the pieces that begin there, each with the index behind it."""
    return [[*_pieces_from(symbols, place)] for place in range(len(symbols))]


def _pieces_from(symbols: list[Symbol], place: int) -> Iterator[tuple[int, Piece]]:
    one = symbols[place]
    if one.symbol in pictures():
        chars = pictures()[one.symbol]
        yield place + 1, Piece(one.start, one.end, "picture", chars, tuple(sound for char in chars for sound in sounds_of(char)))
    elif one.symbol.isascii() and one.symbol.isalpha():
        yield from _spelt_from(symbols, place)
    elif sounds := sounds_of(one.symbol):
        yield place + 1, Piece(one.start, one.end, "same", one.symbol, sounds)
    following = place + 1
    if following < len(symbols) and (char := halves().get(one.symbol + symbols[following].symbol)):
        yield following + 1, Piece(one.start, symbols[following].end, "halves", char, sounds_of(char))


def _spelt_from(symbols: list[Symbol], place: int) -> Iterator[tuple[int, Piece]]:
    for end in range(place + 1, min(place + LONGEST, len(symbols)) + 1):
        letters = "".join(symbol.symbol for symbol in symbols[place:end])
        if not letters.isascii() or not letters.isalpha():
            return
        if letters in SYLLABLES:
            yield end, Piece(symbols[place].start, symbols[end - 1].end, "spelt", sounds=(letters,))
