"""Things that a base tells FAQs apart by: its products, places, ways to pay. Found in its own variants, never listed by hand.

Two variants of different FAQs that differ in one place only name two things of a kind there: "寄到香港要多少钱" and "寄到英国要多少钱".
Knows variants. Does not know chances.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from knowledge.faq.bank import Bank
from knowledge.faq.normalise import words

_LONGEST = 3  # words that make one thing: "rain jacket", "mobile wallet"
_LEAST_FRAME = 2  # words around it that must be the same


class Entities:
    """`kinds` maps a thing to the things that stand in its place elsewhere. Immutable once built."""

    def __init__(self, kinds: dict[str, frozenset[str]], vocabulary: frozenset[str]) -> None:
        self.kinds = kinds
        self.vocabulary = vocabulary

    @classmethod
    def build(cls, bank: Bank) -> Entities:
        frames: dict[tuple[str, ...], dict[tuple[str, ...], set[int]]] = defaultdict(lambda: defaultdict(set))
        vocabulary: set[str] = set()
        for number, faq in enumerate(bank.faqs):
            for variant in faq.variants:
                found = tuple(words(variant.text))
                vocabulary.update(found)
                for frame, thing in _frames(found):
                    frames[frame][thing].add(number)
        kinds: dict[str, set[str]] = defaultdict(set)
        for things in frames.values():
            if len(things) > 1 and len(set().union(*things.values())) > 1:
                for one, its in things.items():
                    kinds[joined(one)].update(joined(other) for other, theirs in things.items() if its != theirs and other != one)
        return cls({thing: frozenset(others) for thing, others in kinds.items()}, frozenset(vocabulary))


def _frames(found: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
    for length in range(1, min(_LONGEST, len(found) - _LEAST_FRAME) + 1):
        for start in range(len(found) - length + 1):
            yield (*found[:start], "*", *found[start + length :]), found[start : start + length]


def joined(parts: tuple[str, ...]) -> str:
    return " ".join(parts) if all(part.isascii() for part in parts) else "".join(parts)
