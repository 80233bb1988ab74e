"""Listed Chinese words that somebody may have meant: written by sound, in look-alikes, in halves, in pictures or in Latin letters.

    卖银, sha bi, 亻夋逼, 混🥚   for 卖淫, 傻逼, 混蛋

Each is a candidate that is scored, never a verdict: one is told only where ordinary text hardly holds what stands there. Chinese words
of two to eight characters; whole texts only, no streams. Slower than the filter, and beside it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.contracts import Hit, Level
from knowledge.faq.spelling.lexicon import chinese, english
from knowledge.sensitive.ordinary.chance import chance
from knowledge.sensitive.rules import Levels, own_level
from knowledge.sensitive.terms import Term, Words
from knowledge.sensitive.variants.pieces import Piece, Symbol, Way, pieces_of, symbols_of
from knowledge.sensitive.variants.tables import look_alikes, sounds_of

SHORTEST, LONGEST = 2, 8
MOST_TEXT = 2_000  # characters that are looked at
# How often, at most, ordinary text holds what stands there, for each word of it: the more characters agree, the less that says.
RAREST = {"same": 1e-6, "other": 1e-8}
PLACES: Mapping[Way, float] = {"same": 1.0, "halves": 1.0, "picture": 0.9, "shape": 0.7, "spelt": 0.7, "sound": 0.6}
MOST_ORDINARY, OFTEN = 4, 60  # characters of a word that counts as frequent, and how often it was counted (of 60 million)
ENOUGH = 0.6  # of a word's places, on average
LEAST_LETTERS, OFTEN_SPELT = 4, 600


@dataclass(frozen=True, slots=True)
class Suspect:
    """A term, how each of its characters is written, and where."""

    term: Term
    form: str
    pieces: tuple[Piece, ...]
    ways: tuple[Way, ...]

    @property
    def score(self) -> float:
        return sum(PLACES[way] for way in self.ways) / len(self.ways)


class Suspects:
    """Immutable once built."""

    def __init__(self, words: Words) -> None:
        self._terms: dict[tuple[str, ...], list[tuple[str, Term]]] = defaultdict(list)
        self._begun: set[tuple[str, ...]] = set()
        for form, term in words.whole.items():
            if not (SHORTEST <= len(form) <= LONGEST and term.level is not Level.LOG_ONLY):
                continue
            key = _key(form)
            if key:
                self._terms[key].append((form, term))
                self._begun.update(key[:length] for length in range(1, len(key) + 1))

    def find(self, text: str, levels: Levels = own_level) -> list[Hit]:
        """In order; of several over the same characters the likeliest. Their level is `log only` or `warn agent`: a guess does not more."""
        symbols = symbols_of(text[:MOST_TEXT])
        grid = pieces_of(symbols)
        ordinary = _in_ordinary_words(symbols)
        found = [one for start in range(len(symbols)) for one in self._from(symbols, grid, start) if _is_odd(one, symbols, ordinary)]
        hits: list[Hit] = []
        for one in sorted(found, key=lambda one: (-len(one.form), -one.score)):
            start, end = one.pieces[0].start, one.pieces[-1].end
            if all(hit.end <= start or end <= hit.start for hit in hits):
                level, why = levels(one.term)
                hits.append(Hit(start, end, one.term.text, one.term.category, level if level is Level.LOG_ONLY else Level.WARN_AGENT, why))
        return sorted(hits, key=lambda hit: hit.start)

    def _from(self, symbols: Sequence[Symbol], grid: Sequence[Sequence[tuple[int, Piece]]], start: int) -> Iterator[Suspect]:
        open_ways: list[tuple[int, tuple[str, ...], tuple[Piece, ...]]] = [(start, (), ())]
        while open_ways:
            place, key, pieces = open_ways.pop()
            if key in self._terms:
                yield from (one for form, term in self._terms[key] if (one := _suspect(form, term, pieces)))
            if place < len(symbols) and symbols[place].symbol == " " and key:
                place += 1
            if place >= len(symbols) or len(key) == LONGEST:
                continue
            for end, piece in grid[place]:
                for sound in _sounds(piece):
                    if (*key, sound) in self._begun:
                        open_ways.append((end, (*key, sound), (*pieces, piece)))


def _sounds(piece: Piece) -> set[str]:
    """Under which a character that is meant may be listed."""
    alike = look_alikes().get(piece.stands_for, ()) if piece.way == "same" else ()
    return {*piece.sounds, *(sound for char in (*piece.stands_for, *alike) for sound in sounds_of(char)[:1])}


def _key(form: str) -> tuple[str, ...]:
    """The usual sound of each character; empty where one has none."""
    sounds = chinese().reading(form) or tuple(sound for char in form for sound in sounds_of(char)[:1])
    return sounds if len(sounds) == len(form) else ()


def _suspect(form: str, term: Term, pieces: tuple[Piece, ...]) -> Suspect | None:
    ways = [piece.way_to(char) for piece, char in zip(pieces, form, strict=True)]
    told = tuple(way for way in ways if way is not None)
    if len(told) < len(form) or all(way == "same" for way in told):  # the filter finds that itself
        return None
    return Suspect(term, form, pieces, told)


def _in_ordinary_words(symbols: Sequence[Symbol]) -> frozenset[int]:
    """Where characters are that make up a frequent word with their neighbours: places in the raw text."""
    found: set[int] = set()
    counts = chinese().counts
    for start in range(len(symbols)):
        for end in range(start + 2, min(start + MOST_ORDINARY, len(symbols)) + 1):
            part = symbols[start:end]
            if not (part[0].is_han and part[-1].is_han):
                break
            if counts.get("".join(symbol.seen for symbol in part), 0) >= OFTEN:
                found.update(symbol.start for symbol in part)
    return frozenset(found)


def _is_odd(one: Suspect, symbols: Sequence[Symbol], ordinary: frozenset[int]) -> bool:
    """Whether ordinary text hardly holds what stands there, and enough of it agrees."""
    if any(way != "same" and piece.start in ordinary for piece, way in zip(one.pieces, one.ways, strict=True)):
        return False
    spelt = [piece for piece, way in zip(one.pieces, one.ways, strict=True) if way == "spelt"]
    if spelt and not _is_spelt_whole(one, symbols):
        return False
    if len(spelt) == len(one.form):
        return _is_odd_pinyin(one)
    begin, end = (bisect_left(symbols, place, key=lambda symbol: symbol.start) for place in (one.pieces[0].start, one.pieces[-1].end))
    written = "".join(symbol.seen or symbol.symbol for symbol in symbols[begin:end])
    han = "".join(symbol.seen for symbol in symbols[begin:end] if symbol.is_han)
    if len(han) < len(written.replace(" ", "")):  # a picture or letters in the midst of a word are odd enough
        return one.score >= ENOUGH
    agreed = any(way in ("same", "halves") for way in one.ways)
    if one.score < ENOUGH or (not agreed and len(one.form) < 3):
        return False
    return chance(han) <= RAREST["same" if agreed else "other"]


def _is_spelt_whole(one: Suspect, symbols: Sequence[Symbol]) -> bool:
    """Latin letters begin and end with the word: "shabi", not "sha" in "shadow"."""
    letters = {symbol.start for symbol in symbols if symbol.symbol.isascii() and symbol.symbol.isalpha()}
    for before, piece, after in zip((None, *one.pieces), one.pieces, (*one.pieces[1:], None), strict=False):
        if piece.way != "spelt":
            continue
        starts_inside = piece.start - 1 in letters and not (before and before.end == piece.start)
        ends_inside = piece.end in letters and not (after and after.start == piece.end)
        if starts_inside or ends_inside:
            return False
    return True


def _is_odd_pinyin(one: Suspect) -> bool:
    """Neither English nor the sound of another word that everybody uses, and long enough to be meant."""
    letters = "".join(piece.sounds[0] for piece in one.pieces)
    if len(letters) < LEAST_LETTERS or _spelt().get(letters, frozenset()) - {one.form}:
        return False
    return letters not in english().counts and not all(piece.sounds[0] in english().common for piece in one.pieces)


@lru_cache(maxsize=1)
def _spelt() -> Mapping[str, frozenset[str]]:
    """Latin letters → the words that everybody uses and that they spell."""
    found: dict[str, set[str]] = defaultdict(set)
    for word, count in chinese().counts.items():
        if len(word) > 1 and count >= OFTEN_SPELT:
            found["".join(chinese().reading(word))].add(word)
    return {letters: frozenset(words) for letters, words in found.items()}
