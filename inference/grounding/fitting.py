"""Lets an answer through as far as its clauses say what the evidence says: with the same "not", each number with its own words.

A clause that repeats the evidence word by word passes as it comes; from where it departs it waits for its end. Compares
words only, so it sees what was turned or swapped, not what was made up: that is for the two checks before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from inference.contracts import Claim
from inference.grounding.claims import Key
from inference.grounding.clauses import Clause, Cutter, Figure, Reader, clauses_of, plain_of, repeats
from inference.grounding.holding import Holding


class FitStream(Holding):
    """Same shape as the claim check: feed, flush, `unsupported`."""

    def __init__(self, evidence: Sequence[str]) -> None:
        super().__init__(Cutter())
        self._known = [clause for text in evidence for clause in clauses_of(text)]
        self._figures = [figure for clause in self._known for figure in clause.figures]
        self._reader = Reader()
        self._copies = self._known  # those that the clause so far repeats from their beginning

    def _follow(self, character: str) -> None:
        plain = plain_of(character)
        self._copies = [copy for copy in self._copies if copy.plain[self._copied : self._copied + 1] == plain]

    def _is_safe(self, character: str) -> bool:
        return not _may_grow(character) and any(self._copied >= copy.settled for copy in self._copies)

    def _close(self) -> str:
        text = self._parts.close()
        clause = self._reader.read(text)
        self._copies = [copy for copy in self._known if {*self._reader.lead} <= {*copy.lead}]
        self._copied = 0
        self._unsupported = self._misfit(clause, text)
        return "" if self._unsupported else self._let_go()

    def _misfit(self, clause: Clause, text: str) -> Claim | None:
        end = self._shown + len(self._held)
        if not keeps_negation(clause, self._known):
            return Claim(end - len(text), end, text, "negation")
        for figure in clause.figures:
            claim = figure.found.claim
            if not stands_right(figure, self._figures):
                return Claim(end - len(text) + claim.start, end - len(text) + claim.end, claim.text, claim.kind)
        return None


def _may_grow(character: str) -> bool:
    """Of "cannot" nobody shall see a "can"."""
    return character.isascii() and character.isalpha()


def keeps_negation(clause: Clause, known: Sequence[Clause]) -> bool:
    """Whether one of the evidence's clauses that are most like it denies as much of what both say."""
    words = frozenset(clause.words)
    shared = [len(words.intersection(other.words)) for other in known]
    most = max(shared, default=0)
    return not most or any(_deny_alike(clause, other) for other, number in zip(known, shared, strict=True) if number == most)


def _deny_alike(clause: Clause, other: Clause) -> bool:
    if repeats(clause, other):
        return True
    here = sum(other.has(denied) for denied in clause.denied)
    there = sum(clause.has(denied) for denied in other.denied)
    return here == there or len(clause.denied) == len(other.denied)


def stands_right(figure: Figure, known: Sequence[Figure]) -> bool:
    """Whether every number stands with words of its own, not with those of another number of its kind."""
    return all(_is_in_place(key, figure, known) for key in figure.found.keys)


def _is_in_place(key: Key, figure: Figure, known: Sequence[Figure]) -> bool:
    homes = [other for other in known if key in other.found.keys]
    rivals = [other for other in known if any(other_key[0] == key[0] for other_key in other.found.keys) and _says_other(other, figure)]
    return not homes or any(all(_is_nearer(figure, home, rival) for rival in rivals) for home in homes)


def _says_other(other: Figure, figure: Figure) -> bool:
    """A date with its year is not another date."""
    return {key[-2:] for key in other.found.keys}.isdisjoint(key[-2:] for key in figure.found.keys)


def _is_nearer(figure: Figure, home: Figure, rival: Figure) -> bool:
    """By the words that only one of the two has. Words that one may have left out, as its sentence said them before, weigh less."""
    words = [word for word in figure.words if len(word) > 1 or word <= "z"]  # 个 and 度 stand with any number
    ours = [word for word in words if word in home.words and word not in rival.words]
    theirs = [word for word in words if word in rival.words and word not in home.words]
    if not ours or not theirs:
        return not theirs
    ours, theirs = [word for word in ours if word not in rival.earlier], [word for word in theirs if word not in home.earlier]
    if not ours or not theirs:
        return not theirs
    return figure.words.index(ours[0]) < figure.words.index(theirs[0])
