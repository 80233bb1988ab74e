"""Says where in a text a listed word may begin, in microseconds. It may cry wolf; it must never stay silent (a test holds it to that).

One automaton over the bare letters finds words as they are written and letters that are stretched; only where there are leet signs beside
letters, or stretched letters, further views are looked through. Knows automata. Does not read a word by all rules: the scanner does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import chain, pairwise
from typing import NamedTuple

import ahocorasick_rs
import numpy as np

from knowledge.sensitive.characters import LEET_DIGITS, LEET_SYMBOLS, Edge, edge_of
from knowledge.sensitive.scanner import MAX_GAP, MAX_SPAN, MIN_STRETCH, is_lettered
from knowledge.sensitive.terms import Words
from knowledge.sensitive.views import APART, SIGNS, Places, bare_of, bare_places, gapped_of, leet_of, leet_places, raw_places, runs_of

DOUBLE_LETTER = re.compile(r"([a-z])\1")
LEET_LETTERS = frozenset("".join(LEET_DIGITS.values()) + "".join(LEET_SYMBOLS.values()))

PIECE = 2 * MAX_SPAN  # characters that are looked at together
LONG_RUN = re.compile(rf"([!-~])\1{{{4 * MAX_SPAN},}}")
SAMPLE = MAX_SPAN // 2  # of so many characters one is looked at to see that there is no long run
SAMPLED_RUN = re.compile(rf"([!-~])\1{{{4 * MAX_SPAN // SAMPLE - 1}}}")


class Automata:
    """Immutable once built, so every thread may use it."""

    def __init__(self, words: Words) -> None:
        bare = {form.replace(" ", "") for form in words.whole}
        doubled = {form.replace(" ", "") for form in words.doubled}
        lettered = {form for form in bare if not LEET_LETTERS.isdisjoint(form) and is_lettered(form)}
        self._plain = _View(bare, doubled, stretched=set().union(*map(_stretchable, bare)))
        self._leet = _View({form.replace("l", "i") for form in lettered}, {form.replace("l", "i") for form in doubled & lettered})
        self._leet_sign = _leet_sign(lettered)

    def starts(self, text: str) -> list[int]:
        """In order. No word begins elsewhere."""
        if len(text) <= PIECE:
            return sorted(self._starts(text))
        return sorted({offset + start for offset, length, part in _parts(text) for start in self._starts(part) if start < length})

    def _starts(self, text: str) -> set[int]:
        gapped = gapped_of(text)
        begins, is_stretched = self._plain.begins(gapped, bare_of(gapped), bare_places)
        if self._leet_sign and (signs := [sign.start() for sign in self._leet_sign.finditer(gapped)]):
            offset, lines = _lines(gapped, signs[0], signs[-1])
            begins |= {offset + place for place in self._leet.begins(lines, leet_of(lines), leet_places, is_stretched=is_stretched)[0]}
        if not begins:
            return set()
        raw = raw_places(text, gapped)
        return {raw[place] for place in begins}


Match = tuple[int, int, int]  # which word; start and end in a view


class Runs(NamedTuple):
    """The runs of letters in which a word begins and ends: from where to where in a view."""

    first: int
    first_end: int
    last: int
    last_end: int


class _View:
    """Words in one view of texts, as they are and with letters stretched or doubled."""

    def __init__(self, forms: Iterable[str], doubled: Set[str], stretched: Iterable[str] = ()) -> None:
        listed = sorted(forms)  # in this order an automaton is built in half the time
        self._first_edges = [edge_of(form[0]) for form in listed]
        self._last_edges = [edge_of(form[-1]) for form in listed]
        runs = {symbol * MIN_STRETCH for symbol in stretched}
        self._automaton = automaton_of([*listed, *runs])
        self._squeezed = _Squeezed(listed, doubled)

    def begins(self, gapped: str, view: str, places: Callable[[str], Places], *, is_stretched: bool = False) -> tuple[set[int], bool]:
        """Places in the gapped view at which words may begin, and whether letters are stretched."""
        matches = self._automaton.find_matches_as_indexes(view, overlapping=True)
        words = [match for match in matches if match[0] < len(self._first_edges)] if matches else matches
        is_stretched = is_stretched or len(words) < len(matches)
        squeezed = self._squeezed.candidates(view, is_stretched=is_stretched)
        if not (words or squeezed):
            return set(), is_stretched
        at = places(gapped)
        return self._with_borders(gapped, at, words) | _free(gapped, at, squeezed), is_stretched

    def _with_borders(self, gapped: str, at: Places, words: list[Match]) -> set[int]:
        """Where those begin whose borders can hold: "ass" is in every "class" and never at its border."""
        found = set()
        for index, start, end in words:
            begins, ends = self._first_edges[index], self._last_edges[index]
            before, after = at[start] - 1, at[end - 1] + 1
            if begins and before >= 0 and edge_of(gapped[before]) is begins:
                continue
            if not (ends and after < len(gapped) and edge_of(gapped[after]) is ends):
                found.add(at[start])
        return found


class _Squeezed:
    """Words with every run as one letter, for texts in which letters are stretched or doubled."""

    def __init__(self, forms: Sequence[str], doubled: Set[str]) -> None:
        """`doubled` are some of the forms."""
        squeezed = runs_of("\n".join(forms))[0].split("\n") if forms else []
        listed = set(squeezed)
        self._single = frozenset(form for form in listed if len(form) == 1)
        self._automaton = automaton_of([form for form in sorted(listed) if len(form) > 1])
        self._doubled = automaton_of(sorted({short for short, form in zip(squeezed, forms, strict=True) if form in doubled}))

    def candidates(self, view: str, *, is_stretched: bool) -> list[Runs]:
        """Runs in the view in which a word may begin whose letters are stretched or, in long words of plain letters, doubled."""
        if not (is_stretched or DOUBLE_LETTER.search(view)):
            return []
        symbols, firsts = runs_of(view)
        matches = (self._automaton if is_stretched else self._doubled).find_matches_as_indexes(symbols, overlapping=True)
        found = {(start, end - 1) for _, start, end in matches if firsts[end] - firsts[start] > end - start}
        # A word of one letter written several times: stretched it is found by the length of the run alone.
        if is_stretched and self._single:
            found |= {(run, run) for run in np.flatnonzero(np.diff(firsts) > 1).tolist() if symbols[run] in self._single}
        return [Runs(*map(int, (firsts[first], firsts[first + 1], firsts[last], firsts[last + 1]))) for first, last in found]


def _parts(text: str) -> Iterator[tuple[int, int, str]]:
    """Offset, length and text with what a word that begins in it may reach beyond.

    Inside a long run of one letter, digit or sign no word begins, so of such a run only the ends are looked at.
    """
    begin = 0
    for run in LONG_RUN.finditer(text) if SAMPLED_RUN.search(text[::SAMPLE]) else ():
        yield from _pieces(text, begin, run.start() + MAX_SPAN)
        begin = run.end() - MAX_SPAN
    yield from _pieces(text, begin, len(text))


def _pieces(text: str, begin: int, end: int) -> Iterator[tuple[int, int, str]]:
    """No word reaches across the end of a line; where there is none, a piece goes on as far as its words may reach."""
    while begin < end:
        length = min(PIECE, end - begin)
        cut = text.rfind("\n", begin, begin + length) + 1
        if cut > begin:
            yield begin, cut - begin, text[begin:cut]
            begin = cut
        else:
            yield begin, length, text[begin : begin + length + MAX_SPAN]
            begin += length


def automaton_of(forms: list[str]) -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick(forms, implementation=ahocorasick_rs.Implementation.ContiguousNFA)


def _stretchable(form: str) -> str:
    """Letters anywhere; Han and its numerals where more of the word follows."""
    return form if edge_of(form[-1]) is Edge.LETTER else form[:-1]


def _leet_sign(lettered: Iterable[str]) -> re.Pattern[str] | None:
    """A leet sign within a word's reach of a letter that a word has beside what the sign may stand for."""
    pairs = set(chain.from_iterable(map(pairwise, lettered)))
    beside = {neighbour for pair in pairs if not LEET_LETTERS.isdisjoint(pair) for neighbour in pair}
    if not beside:
        return None
    letters, signs, gap = f"[{re.escape(''.join(sorted(beside)))}]", f"[{re.escape(SIGNS + ''.join(LEET_DIGITS))}]", f"[ {APART}]"
    behind = "|".join(f"(?<={letters}{gap * count}{signs})" for count in range(2 * MAX_GAP))
    return re.compile(f"{signs}(?:(?={gap}{{0,{2 * MAX_GAP}}}{letters})|{behind})")


def _lines(gapped: str, first: int, last: int) -> tuple[int, str]:
    """Where the lines begin that reach from one place to another, and these lines: no word reaches across the end of one."""
    begin = gapped.rfind("\n", 0, first) + 1
    return begin, gapped[begin : f"{gapped}\n".index("\n", last)]


def _free(gapped: str, at: Places, found: list[Runs]) -> set[int]:
    """Where words may begin that stretch from one run to another: those whose borders can hold. Places in the gapped view."""
    begun = set()
    for first, first_end, last, last_end in found:
        end = at[last_end - 1] + 1
        if gapped[at[last] : end + 1].isalpha() and end < len(gapped) and edge_of(gapped[end]) is edge_of(gapped[end - 1]) is Edge.LETTER:
            continue
        begins = edge_of(gapped[at[first]])
        # Of a run of letters with nothing between them only the first can be free.
        is_close = begins is Edge.LETTER and gapped[at[first] : at[first_end - 1] + 1].isalpha()
        for place in at[first : first + 1 if is_close else first_end]:
            if not (is_close and place and edge_of(gapped[place - 1]) is begins):
                begun.add(place)
    return begun
