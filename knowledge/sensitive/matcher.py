"""The word filter of one company: whole texts fast, streams piece by piece.

The automata say where a word may begin, which is nowhere in most texts; from there the scanner reads by the full rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from functools import cache, partial
from typing import TYPE_CHECKING

from knowledge.contracts import Direction, Hit, Level, Verdict, Why
from knowledge.sensitive.automata import Automata
from knowledge.sensitive.phrases import spared_near
from knowledge.sensitive.rules import Levels, Rules, own_level
from knowledge.sensitive.scanner import Found, Scanner
from knowledge.sensitive.stream import WordStream
from knowledge.sensitive.terms import Term, Words, compile_words
from knowledge.sensitive.verdicts import mask, standing_hits

if TYPE_CHECKING:
    from knowledge.sensitive.variants.suspects import Suspects


class Matcher:
    """A `WordFilter`. Immutable once built, so every thread may use it."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._automata = Automata(words)
        self._suspects = cache(partial(_suspects_of, words))
        self._rules: Rules | None = None

    def under(self, rules: Rules) -> Matcher:
        """The same words, whose levels these rules decide."""
        ruled = copy(self)
        ruled._rules = rules
        return ruled

    @property
    def version(self) -> str:
        return self.words.version + (self._rules.version if self._rules else "")

    def check(self, text: str, direction: Direction) -> Verdict:
        hits = self.find(text, self._rules.levels(direction) if self._rules else own_level)
        return Verdict(mask(text, hits, direction), tuple(hits)) if hits else Verdict(text)

    def suspect(self, text: str) -> tuple[Hit, ...]:
        guessed = self._suspects().find(text, self._rules.levels(Direction.VISITOR) if self._rules else own_level)
        sure = self.find(text) if guessed else []
        return tuple(one for one in guessed if all(hit.end <= one.start or one.end <= hit.start for hit in sure))

    def open_stream(self, direction: Direction) -> WordStream:
        return WordStream(self.words, direction, self._rules)

    def level_of(self, term: Term, direction: Direction) -> tuple[Level, Why]:
        return self._rules.level_of(term, direction) if self._rules else own_level(term)

    def level_in(self, category: str, own: Level, direction: Direction) -> tuple[Level, Why]:
        return self.level_of(Term("", category, own), direction)

    def find(self, text: str, levels: Levels = own_level) -> list[Hit]:
        """Every hit, by the full rules."""
        return standing_hits(*self.read(text), levels)

    def read(self, text: str) -> tuple[list[Found], list[tuple[int, int]]]:
        """Every word that stands in the text, also where an allowed phrase spares it, and such phrases around them."""
        starts = self._automata.starts(text)
        if not starts:
            return [], []
        scanner = Scanner(self.words, frozenset(starts))
        scanner.feed_from(text, starts)
        scanner.finish()
        return scanner.found, spared_near(text, scanner.found, self.words)


def _suspects_of(words: Words) -> Suspects:
    from knowledge.sensitive.variants.suspects import Suspects

    return Suspects(words)


def build_matcher(lists: Sequence[Iterable[Term]], allowed: Iterable[str] = ()) -> Matcher:
    return Matcher(compile_words(lists, allowed))
