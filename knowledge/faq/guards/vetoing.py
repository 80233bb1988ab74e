"""The guards together: does anything speak against answering this question with this FAQ, however near it is?

A guard objects where every near phrasing of the FAQ differs in what changes the matter. Knows one bank's wording; no chances.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from knowledge.contracts import Language
from knowledge.faq.bank import Bank
from knowledge.faq.guards import numbers, polarity, roles
from knowledge.faq.guards.entities import Entities
from knowledge.faq.guards.numbers import Quantity
from knowledge.faq.guards.wording import Wording, exchanged, likeness

Name = Literal["polarity", "role", "number", "unit", "entity"]

NEAR = 0.6  # likeness from which a phrasing is nearly the question
_REMEMBERED = 2048


@dataclass(frozen=True, slots=True)
class Veto:
    """`asked` and `theirs` are the words that differ."""

    guard: Name
    asked: str
    theirs: str


@dataclass(frozen=True, slots=True)
class _Told:
    """A FAQ in one language as the guards read it."""

    variants: tuple[Wording, ...]
    words: frozenset[str]
    text: str
    quantities: frozenset[Quantity]


class Guards:
    """Immutable once built."""

    def __init__(self, bank: Bank, entities: Entities) -> None:
        self._bank = bank
        self._entities = entities
        self._told = lru_cache(maxsize=_REMEMBERED)(self._read)

    @classmethod
    def build(cls, bank: Bank) -> Guards:
        return cls(bank, Entities.build(bank))

    def veto(self, question: str, faq: int, language: Language, nearest: str) -> Veto | None:
        """`faq` is its number in the bank, `nearest` the variant that fits best."""
        asked, told = Wording(question), self._told(faq, language)
        if any(asked.words == variant.words for variant in told.variants):
            return None
        near = [variant for variant in told.variants if likeness(asked, variant) >= NEAR]
        checks: tuple[Callable[[], Veto | None], ...] = (
            lambda: _each("polarity", near, lambda variant: polarity.opposed(asked, variant)),
            lambda: _each("role", near, lambda variant: roles.swapped(asked, variant)),
            lambda: self._numbers(asked, near or [Wording(nearest)], told),
            lambda: self._entity(asked, near, Wording(nearest), told),
        )
        return next((veto for check in checks if (veto := check())), None)

    def _read(self, number: int, language: Language) -> _Told:
        faq = self._bank.faqs[number]
        variants = tuple(Wording(variant.text) for variant in faq.variants if variant.language == language)
        answer = faq.answers.get(language)
        answers = [Wording(answer.text)] if answer else []
        told = [*variants, *answers]
        return _Told(
            variants=variants,
            words=frozenset(word for wording in told for word in wording.words),
            text=" ".join(wording.folded for wording in told),
            quantities=frozenset(quantity for wording in answers for quantity in numbers.quantities(wording)),
        )

    def _numbers(self, asked: Wording, near: list[Wording], told: _Told) -> Veto | None:
        found = [numbers.differing(asked, variant, told.quantities) for variant in near]
        if found and all(found):
            kind, mine, theirs = found[0] or ("number", "", "")
            return Veto("unit" if kind == "unit" else "number", mine, theirs)
        pairs = [numbers.units_exchanged(exchanged(asked, variant)) for variant in near]
        return Veto("unit", *pairs[0]) if pairs and pairs[0] and all(pairs) else None

    def _entity(self, asked: Wording, near: list[Wording], nearest: Wording, told: _Told) -> Veto | None:
        """Another thing of the same kind, or one known word for another where all else is the same."""
        if veto := _each("entity", near, lambda variant: self._other_word(asked, variant, told)):
            return veto
        for theirs in _things(nearest, self._entities):
            for mine in self._entities.kinds[theirs]:
                if _holds(asked.folded, mine) and not _holds(told.text, mine) and not _holds(asked.folded, theirs) and self._is_named(mine):
                    return Veto("entity", mine, theirs)
        return None

    def _other_word(self, asked: Wording, variant: Wording, told: _Told) -> tuple[str, str] | None:
        for mine, theirs in exchanged(asked, variant):
            if mine and theirs and not _holds(told.text, mine) and self._is_known(mine):
                return mine, theirs
        return None

    def _is_known(self, thing: str) -> bool:
        return thing in self._entities.kinds or thing in self._entities.vocabulary

    def _is_named(self, thing: str) -> bool:
        """Long enough to be a name; "in" and "我" stand in frames too."""
        return len(thing) >= (4 if thing.isascii() else 2)


def _each(guard: Name, near: list[Wording], differs: Callable[[Wording], tuple[str, str] | None]) -> Veto | None:
    """An objection that holds against every near phrasing."""
    found = [differs(variant) for variant in near]
    return Veto(guard, *found[0]) if found and found[0] and all(found) else None


def _things(wording: Wording, entities: Entities) -> list[str]:
    return [word for word in wording.words if word in entities.kinds and len(word) >= (4 if word.isascii() else 2)]


def _holds(text: str, thing: str) -> bool:
    """As words where they are Latin, as characters where not."""
    if thing.isascii():
        from knowledge.faq.normalise import words

        return f" {thing} " in f" {' '.join(words(text))} "
    return thing in text
