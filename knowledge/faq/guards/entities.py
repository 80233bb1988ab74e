"""Things that a base tells FAQs apart by: its products, places, ways to pay. Found in its own variants, never listed by hand.

Two variants of different FAQs that differ in one place only name two things of a kind there: "寄到香港要多少钱" and "寄到英国要多少钱".
Knows variants. Does not know chances.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from knowledge.faq.bank import Bank
from knowledge.faq.normalise import words

_LONGEST = 3  # words that make one thing: "rain jacket", "mobile wallet"
_LEAST_FRAME = 2  # words around it that must be the same

Words = tuple[str, ...]
Place = dict[str, int]  # the things that stand in one place; those of one number belong to the same FAQs


class Kinds(Mapping[str, frozenset[str]]):
    """From a thing to the things that stand in its place elsewhere; a place may have thousands, so each is looked up when it is asked for."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = places
        self._of: dict[str, tuple[int, ...]] = {}
        for number, place in enumerate(places):
            alone = (number,)
            for thing in place:
                self._of[thing] = self._of[thing] + alone if thing in self._of else alone

    def __getitem__(self, thing: str) -> frozenset[str]:
        places = [self.places[number] for number in self._of[thing]]
        return frozenset(other for place in places for other, its in place.items() if other != thing and its != place[thing])

    def __contains__(self, thing: object) -> bool:
        return thing in self._of

    def __iter__(self) -> Iterator[str]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)


class Entities:
    """`vocabulary`: all words of the variants. Immutable once built."""

    def __init__(self, kinds: Kinds, vocabulary: frozenset[str]) -> None:
        self.kinds = kinds
        self.vocabulary = vocabulary

    @classmethod
    def build(cls, bank: Bank) -> Entities:
        rows = [(number, tuple(words(variant.text))) for number, faq in enumerate(bank.faqs) for variant in faq.variants]
        often = _frames_met_again(found for _, found in rows)
        frames: dict[Words, dict[Words, set[int]]] = defaultdict(lambda: defaultdict(set))
        for number, found in rows:
            for frame, thing in _frames(found):
                if hash(frame) in often:
                    frames[frame][thing].add(number)
        places = sorted(sorted(place.items()) for things in frames.values() if (place := _place(things)))
        return cls(Kinds([dict(place) for place in places]), frozenset(word for _, found in rows for word in found))

    def with_words(self, texts: Iterable[str]) -> Entities:
        """The same things, and the words of a few more texts."""
        return Entities(self.kinds, self.vocabulary.union(word for text in texts for word in words(text)))

    def save(self, folder: Path) -> None:
        told = {"places": self.kinds.places, "vocabulary": sorted(self.vocabulary)}
        (folder / "entities.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> Entities:
        told = json.loads((folder / "entities.json").read_text(encoding="utf-8"))
        return cls(Kinds(told["places"]), frozenset(told["vocabulary"]))


def _frames_met_again(rows: Iterable[Words]) -> frozenset[int]:
    """Hashes of frames that stand in more than one place: of a large bank's frames nearly all are met once, and need no memory."""
    met = Counter(hash(frame) for found in rows for frame, _ in _frames(found))
    return frozenset(frame for frame, count in met.items() if count > 1)


def _place(things: Mapping[Words, set[int]]) -> Place:
    """Empty where one thing stands there, or all of them in one FAQ."""
    if len(things) < 2 or len(set().union(*things.values())) < 2:
        return {}
    numbers: dict[frozenset[int], int] = {}
    ordered = sorted(things.items())
    found = {joined(thing): numbers.setdefault(frozenset(faqs), len(numbers)) for thing, faqs in ordered}
    return found if len(numbers) > 1 else {}


def _frames(found: Words) -> Iterable[tuple[Words, Words]]:
    for length in range(1, min(_LONGEST, len(found) - _LEAST_FRAME) + 1):
        for start in range(len(found) - length + 1):
            yield (*found[:start], "*", *found[start + length :]), found[start : start + length]


def joined(parts: Words) -> str:
    return " ".join(parts) if all(part.isascii() for part in parts) else "".join(parts)
