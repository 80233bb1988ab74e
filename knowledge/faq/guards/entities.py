"""Things that a base tells FAQs apart by: its products, places, ways to pay. Found in its own variants, never listed by hand.

Two variants of different FAQs that differ in one place only name two things of a kind there: "寄到香港要多少钱" and "寄到英国要多少钱".
What no base need say (countries, carriers, cards) comes from `names.txt`. Knows variants. Does not know chances.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from knowledge.faq.bank import Bank
from knowledge.faq.guards import lists
from knowledge.faq.guards.holders import Holders
from knowledge.faq.guards.wording import MOST_EXCHANGED, Difference, Wording, cut, joined, middle
from knowledge.faq.normalise import fold, words

_LONGEST = 2  # words that make one thing: "rain jacket"
_LEAST_FRAME = 2  # words around it that must be the same
_MOST_COMPARED = 60  # phrasings of one FAQ that are compared with each other
_MOST_WORDS = 24  # of a variant whose places are compared: longer ones are stories, and have no twins
_LEAST_TOGETHER = 3  # times that two characters stand together before they are a word of this base
_TOGETHER = 0.7  # share of all times that one of them occurs
_OWN = 0.2  # of all times that a particle occurs, before it is part of a word: 呗 in 花呗, not 了 in 坏了
_INTERCHANGEABLE = 0.5  # share of the FAQs of the rarer word that say the other too
_LEAST_SHARED = 2  # FAQs that say both
_SLIP = 0.75  # likeness of letters from which one word is the other, mistyped

_Words = tuple[str, ...]
Frame = tuple[_Words, _Words]
Place = dict[str, list[int]]  # the things that stand there, and the FAQs of each
_NO_PART = lists.empty_words() | lists.light_words()


class Entities:
    """`places`: the things that stand in one place, each with its FAQs. Immutable once built."""

    def __init__(self, places: Sequence[Place], holders: Holders, compounds: frozenset[tuple[str, str]]) -> None:
        self._places, self.holders, self.compounds = places, holders, compounds
        self._places_of: dict[str, tuple[int, ...]] = {}
        for number, place in enumerate(places):
            for thing in place:
                self._places_of[thing] = (*self._places_of.get(thing, ()), number)

    @classmethod
    def build(cls, bank: Bank) -> Entities:
        texts = [(number, tuple(cut(fold(variant.text)))) for number, faq in enumerate(bank.faqs) for variant in faq.variants]
        compounds = _compounds(found for _, found in texts)
        joint = [(number, _meanings(_together(found, compounds))) for number, found in texts]
        return cls(_places(joint), Holders.of(joint), compounds)

    def with_words(self, texts: Iterable[str]) -> Entities:
        """The same things, and the words of a few more texts."""
        added = (word for text in texts for word in _meanings(self.join(cut(fold(text)))))
        return Entities(self._places, self.holders.with_words(added), self.compounds)

    def save(self, folder: Path) -> None:
        told = {"places": self._places, "compounds": sorted(self.compounds)}
        (folder / "entities.json").write_text(json.dumps(told), encoding="utf-8")
        self.holders.save(folder)

    @classmethod
    def open(cls, folder: Path) -> Entities:
        told = json.loads((folder / "entities.json").read_text(encoding="utf-8"))
        return cls(told["places"], Holders.open(folder), frozenset((one, other) for one, other in told["compounds"]))

    def join(self, found: Sequence[str]) -> Sequence[str]:
        """With what this base writes as one word put together."""
        return _together(found, self.compounds) if self.compounds else found

    def other_thing(self, found: Difference, told: frozenset[str], free: frozenset[Frame]) -> tuple[str, str, int] | None:
        """(the question's thing, the variant's, words that stand for one another).

        `told`: all words of the FAQ; `free`: where its own phrasings put one thing for another.
        """
        if found.is_one_place and (pair := self._in_its_place(found, told, free)):
            return pair
        for mine in found.mine:
            if mine in told or not _is_name(mine):
                continue
            for theirs in found.others:
                if (
                    self.are_rivals(mine, theirs)
                    and mine in found.asked.nouns
                    and theirs in found.theirs.nouns
                    and not self._is_interchangeable(mine, theirs)
                ):
                    return mine, theirs, 1
        return None

    def are_rivals(self, one: str, other: str) -> bool:
        """Whether some place holds the one in some FAQs and the other in others."""
        common = set(self._places_of.get(one, ())).intersection(self._places_of.get(other, ()))
        return any(set(self._places[place][one]).isdisjoint(self._places[place][other]) for place in common)

    def _in_its_place(self, found: Difference, told: frozenset[str], free: frozenset[Frame]) -> tuple[str, str, int] | None:
        light = lists.light_words()
        mine, theirs = ([word for word in side if word not in light] for side in found.place)
        most = found.shared.total() + len(found.asked.quantities)  # what is the same outweighs what is not
        if not 0 < len(mine) <= most or not 0 < len(theirs) <= most or all(word in told for word in mine):
            return None
        one, other = joined(mine), joined(theirs)
        if set(mine) & set(theirs) or (not one.isascii() and (one in other or other in one)):
            return None  # the same thing, told more closely
        is_rival = self.are_rivals(one, other)
        is_thing = mine[-1] in found.asked.nouns and theirs[-1] in found.theirs.nouns
        is_free = frame_of(found.theirs, found.place[1], found.asked) in free
        if not is_rival and not (is_thing and not is_free and self._is_known(mine, other)):
            return None
        return None if self._is_interchangeable(mine[-1], theirs[-1]) else (one, other, max(len(mine), len(theirs)))

    def _is_known(self, mine: Sequence[str], other: str) -> bool:
        """A thing of this base or of everyday business; where the base tells things apart, any that is no slip of the pen."""
        one = joined(mine)
        return all(word in self.holders for word in mine) or one in lists.names() or (other in self._places_of and not _is_slip(one, other))

    def _is_interchangeable(self, one: str, other: str) -> bool:
        """Where FAQs of one say the other too, though never in one breath, both mean one thing."""
        mine, theirs = self.holders.rows_of(one), self.holders.rows_of(other)
        ours, others = np.unique(self.holders.owners[mine]), np.unique(self.holders.owners[theirs])
        both = np.intersect1d(ours, others)
        fewer = min(len(ours), len(others))
        return len(both) >= max(_LEAST_SHARED, _INTERCHANGEABLE * fewer) and not len(np.intersect1d(mine, theirs))


def exchanged_within(variants: Sequence[Wording]) -> frozenset[Frame]:
    """Where phrasings of one FAQ put one thing for another: there it makes no difference."""
    some = variants[:_MOST_COMPARED]
    free: set[Frame] = set()
    for place, one in enumerate(some):
        for other in some[:place]:
            sides = middle(one.words, other.words)
            if all(0 < len(side) <= MOST_EXCHANGED for side in sides) and len(one.words) - len(sides[0]) >= _LEAST_FRAME:
                free.add(frame_of(one, sides[0], other))
    return frozenset(free)


def frame_of(one: Wording, exchanged: _Words, other: Wording) -> Frame:
    """The words around what is exchanged."""
    start = 0
    while start < min(len(one.words), len(other.words)) and one.words[start] == other.words[start]:
        start += 1
    start = min(start, len(one.words) - len(exchanged))
    return one.words[:start], one.words[start + len(exchanged) :]


def other_name(asked: Wording, theirs: Wording, told: str) -> tuple[str, str, int] | None:
    """A name that the question has and the whole FAQ has not, where the variant has another of the kind that the question has not."""
    mine, others = asked.names, theirs.names
    for name in mine:
        rivals = lists.names()[name]
        if _is_said(name, told) or any(other in mine for other in others & rivals):
            continue
        for other in sorted(others & rivals):
            return name, other, max(len(words(name)), len(words(other)))
    return None


def _is_said(name: str, told: str) -> bool:
    return f" {name} " in told if name.isascii() else name in told


def _is_name(thing: str) -> bool:
    """Long enough; "in" and 我 stand in frames too."""
    return len(thing) >= (4 if thing.isascii() else 2)


def _is_slip(one: str, other: str) -> bool:
    """Letters in common, by pairs for Latin words, singly for Chinese ones."""
    mine, theirs = (Counter(text[i : i + 2] for i in range(len(text) - 1)) if text.isascii() else Counter(text) for text in (one, other))
    total = mine.total() + theirs.total()
    return total > 0 and 2 * (mine & theirs).total() >= _SLIP * total


# --- words of a base -------------------------------------------------------------------------------------------------


def _compounds(texts: Iterable[_Words]) -> frozenset[tuple[str, str]]:
    """Single characters that a dictionary cuts and this base always writes together, such as 借呗."""
    pairs: Counter[tuple[str, str]] = Counter()
    singles: Counter[str] = Counter()
    for found in texts:
        singles.update(word for word in found if _is_single(word))
        pairs.update((one, other) for one, other in zip(found, found[1:], strict=False) if _is_single(one) and _is_single(other))
    return frozenset(
        pair
        for pair, times in pairs.items()
        if times >= _LEAST_TOGETHER
        and times >= _TOGETHER * min(singles[pair[0]], singles[pair[1]])
        and all(times >= _OWN * singles[part] for part in pair if part in _NO_PART)
    )


def _is_single(word: str) -> bool:
    return len(word) == 1 and not word.isascii()


def _together(found: Sequence[str], compounds: frozenset[tuple[str, str]]) -> Sequence[str]:
    made: list[str] = []
    place = 0
    while place < len(found):
        if place + 1 < len(found) and (found[place], found[place + 1]) in compounds:
            made.append(found[place] + found[place + 1])
            place += 2
        else:
            made.append(found[place])
            place += 1
    return made


def _meanings(found: Sequence[str]) -> _Words:
    return tuple(lists.meaning(word) for word in found)


def _places(texts: Sequence[tuple[int, _Words]]) -> list[Place]:
    seen: set[int] = set()
    twice: set[int] = set()  # hashes only: few frames have a twin, and all of them would not fit
    for _, found in texts:
        for mark in {hash(frame) for frame, _ in _frames(found)}:
            (twice if mark in seen else seen).add(mark)
    things: dict[_Words, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for number, found in texts:
        for frame, words_in_it in _frames(found):
            if hash(frame) in twice:
                things[frame][joined(words_in_it)].add(number)
    kinds = (kind for kind in things.values() if len(kind) > 1 and len(set().union(*kind.values())) > 1)
    return [{thing: sorted(faqs) for thing, faqs in kind.items()} for kind in kinds]


def _frames(found: _Words) -> Iterator[tuple[_Words, _Words]]:
    if len(found) > _MOST_WORDS:
        return
    for length in range(1, min(_LONGEST, len(found) - _LEAST_FRAME) + 1):
        for start in range(len(found) - length + 1):
            yield (*found[:start], "*", *found[start + length :]), found[start : start + length]
