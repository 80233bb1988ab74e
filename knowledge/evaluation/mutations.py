"""Phrasings of a bank changed so that they ask something else, and changed so that they still ask the same.

Each mutated text differs from a variant in one thing: a negation, an opposite, a number, a unit, a thing, a side. What comes out
like a variant that the bank has is left out, and so is what cannot be changed. Any bank will do; the same seed makes the same
texts. Knows variants and words (`mutation_words`); no router and no guard.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.contracts import Language
from knowledge.evaluation import mutating, rewording
from knowledge.evaluation.things import Things
from knowledge.faq.bank import Bank
from knowledge.faq.normalise import exact_key, words

SEED = 7
NEARLY = 0.9  # likeness in pairs of characters from which a text is nearly another
MOST = 300  # of a kind
KINDS = ("negation", "antonym", "number", "unit", "entity", "role")


@dataclass(frozen=True, slots=True)
class Mutant:
    """`kind` says what was changed; "same" where nothing that matters was."""

    text: str
    was: str
    faq: str
    language: Language
    kind: str


def mutated(bank: Bank, seed: int = SEED, most: int = MOST) -> list[Mutant]:
    """At most `most` of each kind, drawn from all that can be made."""
    taken, things = _Taken(bank), Things.of(bank)
    found: list[Mutant] = []
    for kind in KINDS:
        drawn = random.Random(f"{seed}:{kind}")
        found += _some(_each(bank, kind, _change(kind, things), taken.holds, drawn), drawn, most)
    return found


def reworded(bank: Bank, seed: int = SEED, most: int = MOST) -> list[Mutant]:
    """Variants that still ask the same: greetings, particles, case, width, traditional characters, everyday exchanges."""
    drawn = random.Random(f"{seed}:same")
    known = {exact_key(variant.text) for faq in bank.faqs for variant in faq.variants}
    return _some(
        _each(
            bank,
            "same",
            lambda text, language, _faq: rewording.reworded(text, language, drawn),
            lambda mutant: exact_key(mutant.text) in known,
            drawn,
        ),
        drawn,
        most,
    )


_Change = Callable[[str, Language, int], Sequence[str]]


def _change(kind: str, things: Things) -> _Change:
    if kind == "entity":
        return things.exchanged
    change = mutating.CHANGES[kind]
    return lambda text, language, _faq: change(text, language)


def _each(bank: Bank, kind: str, change: _Change, is_taken: Callable[[Mutant], bool], drawn: random.Random) -> Iterator[Mutant]:
    """Of each variant one, of all ways to change it."""
    for number, faq in enumerate(bank.faqs):
        for variant in faq.variants:
            made = [Mutant(text, variant.text, faq.key, variant.language, kind) for text in change(variant.text, variant.language, number)]
            ways = [mutant for mutant in made if mutant.text != variant.text and not is_taken(mutant)]
            if ways:
                yield drawn.choice(ways)


def _some(made: Iterable[Mutant], drawn: random.Random, most: int) -> list[Mutant]:
    found = list({(mutant.text, mutant.faq): mutant for mutant in made}.values())
    return found if len(found) <= most else drawn.sample(found, most)


class _Taken:
    """What the bank asks already, in these words or nearly."""

    def __init__(self, bank: Bank) -> None:
        texts = [(faq.key, variant.text) for faq in bank.faqs for variant in faq.variants]
        self._known = {key for _, text in texts for key in _keys(text)}
        self._pairs = [(faq, _pairs(text)) for faq, text in texts]
        self._holders: dict[str, set[int]] = {}
        for place, (_, pairs) in enumerate(self._pairs):
            for pair in pairs:
                self._holders.setdefault(pair, set()).add(place)

    def holds(self, mutant: Mutant) -> bool:
        return any(key in self._known for key in _keys(mutant.text)) or self._is_nearly_another(mutant)

    def _is_nearly_another(self, mutant: Mutant) -> bool:
        mine = _pairs(mutant.text)
        near: dict[int, int] = {}
        for pair in mine:
            for place in self._holders.get(pair, ()):
                near[place] = near.get(place, 0) + 1
        return any(
            2 * shared >= NEARLY * (len(mine) + len(self._pairs[place][1])) and self._pairs[place][0] != mutant.faq for place, shared in near.items()
        )


def _keys(text: str) -> tuple[str, ...]:
    return exact_key(text), " ".join(sorted(words(text)))


def _pairs(text: str) -> frozenset[str]:
    key = exact_key(text)
    return frozenset(key[i : i + 2] for i in range(len(key) - 1))
