"""The word filter of one company: whole texts fast, streams piece by piece.

An automaton over the bare letters of a text says in microseconds that nothing can stand in it; only where something may,
the scanner reads the text by the full rules. The automaton may cry wolf, it must never stay silent (a test holds it to that).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import cached_property

import ahocorasick_rs

from knowledge.contracts import Direction, Hit, Level, Verdict, Why
from knowledge.sensitive.characters import CHARACTERS, LEET_SKELETON, LEET_SYMBOLS, SKELETON, Edge, edge_of
from knowledge.sensitive.rules import Levels, Rules, own_level
from knowledge.sensitive.scanner import MAX_SPAN, Found, Scanner
from knowledge.sensitive.stream import WordStream
from knowledge.sensitive.terms import Term, Words, compile_words
from knowledge.sensitive.verdicts import mask, standing_hits

_STRETCHED = re.compile(r"([^0-9\n])\1\1")
_LEET_DIGIT = re.compile(r"[01345789](?:(?<=[^\W\d_].)|(?=[^\W\d_]))")
_LEET_SYMBOL = re.compile(f"[{re.escape(''.join(LEET_SYMBOLS))}]")


class Matcher:
    """A `WordFilter`. Immutable once built, so every thread may use it."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._rules: Rules | None = None
        bare = sorted({form.replace(" ", "") for form in words.whole})
        self._plain = ahocorasick_rs.AhoCorasick(bare, implementation=ahocorasick_rs.Implementation.ContiguousNFA)
        self._bare = bare

    def under(self, rules: Rules) -> Matcher:
        """The same words, whose levels these rules decide."""
        _ = self._leet  # built once, for all of them
        ruled = copy(self)
        ruled._rules = rules
        return ruled

    @property
    def version(self) -> str:
        return self.words.version + (self._rules.version if self._rules else "")

    def check(self, text: str, direction: Direction) -> Verdict:
        if not self.may_hold_words(text):
            return Verdict(text)
        hits = self.find(text, self._rules.levels(direction) if self._rules else own_level)
        return Verdict(mask(text, hits, direction), tuple(hits))

    def open_stream(self, direction: Direction) -> WordStream:
        return WordStream(self.words, direction, self._rules)

    def find(self, text: str, levels: Levels = own_level) -> list[Hit]:
        """Every hit, by the full rules."""
        return standing_hits(*self.read(text), levels)

    def read(self, text: str) -> tuple[list[Found], list[tuple[int, int]]]:
        """Every word that stands in the text, also where an allowed phrase spares it, and where such phrases stand."""
        scanner = Scanner(self.words)
        scanner.feed(text)
        scanner.finish()
        return scanner.found, scanner.spared

    def level_of(self, term: Term, direction: Direction) -> tuple[Level, Why]:
        return self._rules.level_of(term, direction) if self._rules else own_level(term)

    def may_hold_words(self, text: str) -> bool:
        """False only where the scanner would find nothing."""
        if not self._bare:
            return False
        skeleton = text.translate(SKELETON)
        if _STRETCHED.search(skeleton) or self._has_plain(text, skeleton):
            return True
        if not (_LEET_SYMBOL.search(text) or _LEET_DIGIT.search(skeleton)):
            return False
        return self._has_leet(text, text.translate(LEET_SKELETON))

    @cached_property
    def _leet(self) -> ahocorasick_rs.AhoCorasick:
        """Leet signs stand for letters only in words without digits."""
        folded = sorted({form.replace("l", "i") for form in self._bare if not any(edge_of(symbol) is Edge.DIGIT for symbol in form)})
        return ahocorasick_rs.AhoCorasick(folded, implementation=ahocorasick_rs.Implementation.ContiguousNFA)

    def _has_plain(self, text: str, skeleton: str) -> bool:
        candidates = self._plain.find_matches_as_indexes(skeleton, overlapping=True)
        return bool(candidates) and _any_has_borders(text, skeleton, SKELETON, candidates)

    def _has_leet(self, text: str, leet: str) -> bool:
        candidates = self._leet.find_matches_as_indexes(leet, overlapping=True)
        return bool(candidates) and _any_has_borders(text, leet, LEET_SKELETON, candidates)


def _any_has_borders(text: str, skeleton: str, table: Mapping[int, str], candidates: Iterable[tuple[int, int, int]]) -> bool:
    """Whether the Latin borders of any candidate can hold: "ass" is in every "class" and never at its border."""
    places = [place for place, char in enumerate(text) for _ in table[ord(char)]]
    return any(_has_borders(text, skeleton, start=(start, places[start]), last=(end - 1, places[end - 1])) for _, start, end in candidates)


def _has_borders(text: str, skeleton: str, *, start: tuple[int, int], last: tuple[int, int]) -> bool:
    """Necessary, not sufficient: a letter neither before a Latin beginning nor after a Latin end. Pairs: in skeleton and text."""
    begins, ends = CHARACTERS[text[start[1]]], CHARACTERS[text[last[1]]]
    if len(begins.symbols) > 1 or len(ends.symbols) > 1:
        return True
    before = range(start[1] - 1, max(-1, start[1] - MAX_SPAN), -1)
    if edge_of(skeleton[start[0]]) is Edge.LETTER and _edge_beside(text, before) is Edge.LETTER:
        return False
    after = range(last[1] + 1, min(len(text), start[1] + MAX_SPAN))
    return edge_of(skeleton[last[0]]) is not Edge.LETTER or _edge_beside(text, after) is not Edge.LETTER


def _edge_beside(text: str, places: range) -> Edge:
    """Of the nearest visible character on that side, within the reach of a word."""
    for place in places:
        entry = CHARACTERS[text[place]]
        if entry.kind:
            return entry.edge
    return Edge.NONE


def build_matcher(lists: Sequence[Iterable[Term]], allowed: Iterable[str] = ()) -> Matcher:
    return Matcher(compile_words(lists, allowed))
