"""Reads a text character by character and says which listed words stand in it, and what may still become one.

The rules of reading live here and nowhere else: batch and stream both use this scanner, so they cannot differ.
`reference.py` says the same rules once more, slowly. Does not know levels, masks or directions.

A `Partial` is one possible reading of a word that has begun:

    text      d  -  @  m  n          every visible character either grows it,
    partial   d  .  da dam damn      counts as a gap in it, or ends it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.sensitive.characters import CHARACTERS, Char, Edge, Kind, edge_of
from knowledge.sensitive.terms import MOST_CUT_OFF, Term, Words

MAX_GAP = 3  # characters between two of a word
MAX_GAPS = 8  # and in the whole of it, where it is not very long
MAX_SPAN = 256  # characters from first to last: bounds what a stream may hold back
MIN_STRETCH = 3  # a repeated letter counts as stretched from here on: "good" is not "god"
MAX_RUN = 16  # of one Chinese character at the start of a word: any of it begins the word as well, and a page of them would be read for each
FEW = 1  # real letters that a word keeps when it is written with leet digits and without gaps
SHORT = 4  # shorter Latin words neither touch digits nor hide in leet digits: "A5S", "ASS123" are part numbers

PLAIN, LEET = 1, 2  # how digits and ambiguous signs are read
LONE, LONE_LAST = 1, 2  # what the piece after a space must be: one letter; one of the word's last letters


@dataclass(frozen=True, slots=True)
class Found:
    start: int
    end: int
    term: Term


@dataclass(slots=True)
class Partial:
    """`need` is LONE, LONE_LAST, or 0 where nothing is asked of the piece after a space."""

    start: int
    end: int
    prefix: str
    after_digit: bool
    reading: int = 0  # PLAIN or LEET as soon as a digit or an ambiguous sign was read one way
    gap: int = 0
    gaps: int = 0
    spaced: bool = False
    piece: int = 1
    need: int = 0
    cut_at: int = 0  # how much of the prefix stood before a space that cut off the last letters of this word
    run: int = 1
    stretched: bool = False
    doubled: bool = False  # some run behind this one is longer than its own, and shorter than a stretched one
    letters: int = 0  # read from real letters
    digits: int = 0  # read from leet digits

    def grown(self, prefix: str, *, run: int, stretched: bool = False) -> Partial:
        """This reading one symbol further. Spelt out, because `dataclasses.replace` takes four times as long."""
        return Partial(
            self.start, self.end, prefix, self.after_digit, self.reading, self.gap, self.gaps, self.spaced, self.piece, self.need,
            self.cut_at, run, stretched, self.doubled if stretched else self.is_doubled, self.letters, self.digits,
        )  # fmt: skip

    @property
    def is_settled(self) -> bool:
        return not self.stretched or self.run >= MIN_STRETCH or (self.prefix[-1].isascii() and self.prefix[-1].isalpha())

    @property
    def is_doubled(self) -> bool:
        return self.doubled or (self.stretched and self.run < MIN_STRETCH)


class Scanner:
    """Feed it characters in order, then `finish`. Positions count from the first character ever fed."""

    def __init__(self, words: Words, starts: frozenset[int] | None = None) -> None:
        """With `starts`, words begin only there."""
        self._starts = starts
        self._whole = words.whole
        self._inner = words.inner
        self._doubled = words.doubled
        self._cut_off = words.cut_off
        self._parted = words.parted
        self._allowed = words.allowed
        self._allowed_inner = words.allowed_inner
        self._partials: list[Partial] = []
        self._phrases: list[tuple[int, str]] = []  # allowed phrases that have begun
        self._edge = Edge.NONE  # of the visible character before
        self.position = 0
        self.found: list[Found] = []
        self.spared: list[tuple[int, int]] = []  # allowed phrases

    def feed(self, text: str) -> None:
        for char in text:
            entry = CHARACTERS[char]
            if self._allowed:
                self._read_allowed(entry)
            self._read(entry)

    def feed_from(self, text: str, starts: Sequence[int]) -> None:
        """Only the stretches of the whole text in which a word that begins at one of these places goes on; no allowed phrases."""
        for start in starts:
            if self._partials or start < self.position:
                continue
            self.position, self._edge = start, _edge_before(text, start)
            self._read(CHARACTERS[text[start]])
            while self._partials and self.position < len(text):
                self._read(CHARACTERS[text[self.position]])

    def _read(self, entry: Char) -> None:
        if self._partials and self.position - self._partials[0].start >= MAX_SPAN:
            self._give_up()
        if entry.kind is Kind.WORD:
            for symbol in entry.symbols:
                self._read_word(symbol, entry)
                self._edge = entry.edge
        elif entry.kind is not Kind.DROP:
            self._read_gap(entry)
            self._edge = Edge.NONE
        self.position += 1

    def finish(self) -> None:
        """The text is over: what waited for its border has it."""
        for partial in self._partials:
            self._close(partial, Edge.NONE)
        self._partials = []
        self._phrases = []

    @property
    def pending(self) -> int:
        """The first position from which a word may still grow."""
        return self._partials[0].start if self._partials else self.position

    @property
    def pending_allowed(self) -> int:
        return self._phrases[0][0] if self._phrases else self.position

    # Partials and phrases stay in the order of their start: they are only ever replaced in place or appended.

    def _read_allowed(self, entry: Char) -> None:
        grown = [(start, prefix + entry.literal) for start, prefix in self._phrases]
        grown.append((self.position, entry.literal))
        self.spared.extend((start, self.position + 1) for start, prefix in grown if prefix in self._allowed)
        self._phrases = [phrase for phrase in grown if phrase[1] in self._allowed_inner]

    def _give_up(self) -> None:
        kept = []
        for partial in self._partials:
            if self.position - partial.start >= MAX_SPAN:
                self._close(partial, Edge.NONE)
            else:
                kept.append(partial)
        self._partials = kept

    def _read_gap(self, entry: Char) -> None:
        kept: list[Partial] = []
        for partial in self._partials:
            self._close(partial, Edge.NONE)
            for letter in entry.letters:
                kept.extend(self._grow(partial, letter, LEET, ""))
            if entry.kind is not Kind.BREAK and self._widen(partial, entry):
                kept.append(partial)
        kept.extend(self._begin(letter, LEET, "") for letter in entry.letters if self._may_begin(letter))
        self._partials = kept

    def _widen(self, partial: Partial, entry: Char) -> bool:
        if entry.letters:
            if partial.reading == LEET:
                return False
            partial.reading = PLAIN
        partial.gap += 1
        partial.gaps += 1
        partial.spaced = partial.spaced or entry.kind is Kind.SPACE
        if partial.spaced and partial.piece > 1 and partial.prefix not in self._parted and edge_of(partial.prefix[-1]) is Edge.LETTER:
            return False
        return partial.gap <= MAX_GAP and partial.gaps <= most_gaps(len(partial.prefix)) and partial.prefix in self._inner

    def _read_word(self, symbol: str, entry: Char) -> None:
        ways = [(symbol, plain_way(symbol, entry.edge))]
        ways.extend((letter, LEET) for letter in entry.letters)
        kept: list[Partial] = []
        for partial in self._partials:
            self._close(partial, entry.edge)
            for read, way in ways:
                kept.extend(self._grow(partial, read, way, symbol))
        kept.extend(self._begin(read, way, symbol) for read, way in ways if self._may_begin(read))
        self._partials = kept
        self._take_borderless(symbol)

    def _may_begin(self, symbol: str) -> bool:
        if symbol not in self._inner and symbol not in self._whole:
            return False
        if self._starts is not None and self.position not in self._starts:
            return False
        edge = edge_of(symbol)
        return not edge or edge is not self._edge

    def _begin(self, symbol: str, way: int, raw: str) -> Partial:
        partial = Partial(self.position, self.position + 1, symbol, self._edge is Edge.DIGIT, reading=way)
        return _count(partial, way, raw)

    def _grow(self, partial: Partial, symbol: str, way: int, raw: str) -> list[Partial]:
        """The readings in which this symbol goes on with the word."""
        if partial.reading and way and partial.reading != way:
            return []
        last = partial.prefix[-1]
        grown: list[Partial] = []
        if (symbol != last and partial.is_settled) or (symbol == last and not partial.stretched):
            self._add(grown, partial, partial.prefix + symbol, run=partial.run + 1 if symbol == last else 1)
        if partial.is_settled:
            self._add(grown, partial, f"{partial.prefix} {symbol}", run=1)
        if symbol == last and way == 0 and not partial.gap and self._may_stretch(partial):
            grown.append(partial.grown(partial.prefix, run=partial.run + 1, stretched=True))
        result = []
        for candidate in grown:
            is_new_word = candidate.prefix[-2:-1] == " " and candidate.prefix != partial.prefix
            if _fits(candidate, partial, symbol, is_new_word=is_new_word) and (candidate.need != LONE_LAST or candidate.prefix in self._cut_off):
                candidate.reading = partial.reading or way
                candidate.end = self.position + 1
                candidate.gap, candidate.spaced = 0, False
                result.append(_count(candidate, way, raw))
        return result

    def _add(self, grown: list[Partial], partial: Partial, prefix: str, *, run: int) -> None:
        if prefix in self._inner or prefix in self._whole:
            grown.append(partial.grown(prefix, run=run))

    def _may_stretch(self, partial: Partial) -> bool:
        last = edge_of(partial.prefix[-1])
        if last is Edge.LETTER or partial.prefix not in self._inner:
            return last is Edge.LETTER
        is_first = partial.prefix == partial.prefix[0] * len(partial.prefix)
        return not is_first or last is not Edge.NONE or partial.run < MAX_RUN

    def _take_borderless(self, symbol: str) -> None:
        """A word that ends in Han is complete with its last character; one without a longer sister is over."""
        if edge_of(symbol):
            return
        kept = []
        for partial in self._partials:
            if partial.prefix in self._whole and not partial.stretched and self._is_meant(partial):
                self.found.append(Found(partial.start, partial.end, self._whole[partial.prefix]))
            if partial.prefix in self._inner:
                kept.append(partial)
        self._partials = kept

    def _close(self, partial: Partial, edge: Edge) -> None:
        """The next visible character is known: a word that ends in a letter or digit needs a border there."""
        term = self._whole.get(partial.prefix)
        last = edge_of(partial.prefix[-1])
        if term is None or not last or partial.gap or not partial.is_settled or last is edge:
            return
        if partial.stretched and last is Edge.DIGIT:
            return
        is_short = len(partial.prefix) < SHORT
        touches_digit = last is Edge.LETTER and edge is Edge.DIGIT
        if not (is_short and touches_digit) and self._is_meant(partial):
            self.found.append(Found(partial.start, partial.end, term))

    def _is_meant(self, partial: Partial) -> bool:
        """Not another word: "good" is not "god"."""
        return _is_fair(partial) and (not partial.is_doubled or partial.prefix in self._doubled)


def plain_way(symbol: str, edge: Edge) -> int:
    """A digit is read one way in the whole word, but 一 is nothing else."""
    return PLAIN if edge_of(symbol) is Edge.DIGIT and edge is not Edge.NONE else 0


def most_gaps(length: int) -> int:
    """Behind so many characters of a word; addresses have a dot in every few letters."""
    return max(MAX_GAPS, length // 2)


def is_lettered(form: str) -> bool:
    """Of Latin letters alone: only such words are written with leet signs."""
    letters = form.replace(" ", "")
    return letters.isalpha() if letters.isascii() else all(edge_of(symbol) is Edge.LETTER for symbol in letters)


def _edge_before(text: str, place: int) -> Edge:
    """Of the visible character before it."""
    while place and (entry := CHARACTERS[text[place - 1]]).kind is Kind.DROP:
        place -= 1
    return entry.edge if place else Edge.NONE


def _count(partial: Partial, way: int, raw: str) -> Partial:
    if way != LEET:
        partial.letters += 1
        return partial
    partial.run = 0  # only real letters stretch: "!!!" is no "iii"
    partial.digits += bool(raw)
    return partial


def _is_fair(partial: Partial) -> bool:
    """Not a part number: enough real letters, and a short Latin word stands free of digits."""
    is_short = len(partial.prefix) < SHORT
    if partial.after_digit and is_short and edge_of(partial.prefix[0]) is Edge.LETTER:
        return False
    if partial.reading != LEET:
        return True
    if not is_lettered(partial.prefix) or (partial.digits and is_short):
        return False
    return partial.letters >= (FEW if partial.gaps <= partial.prefix.count(" ") else max(FEW, partial.digits))


def _fits(candidate: Partial, before: Partial, symbol: str, *, is_new_word: bool) -> bool:
    """Latin letters across a space: "f u c k" and "fuc k" are one word, "the pen is here" and "a hole" are not."""
    last = before.prefix[-1]
    if is_new_word or edge_of(symbol) is not Edge.LETTER or edge_of(last) is not Edge.LETTER:
        candidate.piece, candidate.need, candidate.cut_at = 1, 0, 0
        return True
    if candidate.cut_at and len(candidate.prefix) - candidate.cut_at > MOST_CUT_OFF:
        return False
    if not before.gap:
        candidate.piece = before.piece + 1
        return not before.need
    candidate.piece, candidate.need = 1, 0
    if not before.spaced or (before.piece == 1 and last not in "ai"):
        return True
    if before.piece == 1:
        candidate.need = LONE
    else:
        candidate.need, candidate.cut_at = LONE_LAST, candidate.cut_at or len(before.prefix)
    return True
