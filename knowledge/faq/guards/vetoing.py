"""The guards together: does anything speak against answering this question with this FAQ, however near it is?

A guard objects where the phrasing nearest to the question differs from it in what changes the matter and in little else, and no
other phrasing of the FAQ that is about as near has nothing against it. Knows one bank's wording; no chances.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from knowledge.contracts import Language
from knowledge.faq.bank import Bank
from knowledge.faq.guards import numbers, polarity, roles
from knowledge.faq.guards.entities import Entities, Frame, exchanged_within, other_name
from knowledge.faq.guards.quantities import Quantity
from knowledge.faq.guards.wording import LEAST, Difference, Wording
from knowledge.faq.normalise import words

Name = Literal["polarity", "role", "number", "unit", "entity"]

NEAR = 0.8  # likeness, what differs left out, from which a phrasing is the question but for that
NAMED = LEAST  # the same where the difference is told outright: by digits or by names
ABOUT_AS_NEAR = 0.1
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

    keys: frozenset[str]  # of its phrasings in any language
    variants: tuple[Wording, ...]
    words: frozenset[str]
    free: frozenset[Frame]
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

    def veto(self, question: str, faq: int, language: Language, nearest: str = "") -> Veto | None:
        """`faq` is its number in the bank; `nearest` the variant that fits best, looked at too where it is of another language."""
        asked, told = self._wording(question), self._told(faq, language)
        if asked.key in told.keys:
            return None
        variants = told.variants or ((self._wording(nearest),) if nearest else ())
        judged = [(*self._judged(Difference.between(asked, variant), told), variant) for variant in variants]
        objections = [(near, veto) for near, veto, _ in judged if veto]
        if not objections:
            return None
        nearest_objecting, objection = max(objections, key=lambda pair: pair[0])
        free = (variant for near, veto, variant in judged if not veto and near >= nearest_objecting - ABOUT_AS_NEAR)
        return None if any(_says(variant, objection, asked) for variant in free) else objection

    def _judged(self, found: Difference, told: _Told) -> tuple[float, Veto | None]:
        """How near the variant is, and what it has against the question."""
        if found.is_hopeless:
            return found.likeness(), None
        for guard, (mine, theirs, spared), least in self._differences(found, told):
            if (near := found.likeness(spared)) >= least:
                return near, Veto(guard, mine, theirs)
        return found.likeness(), None

    def _differences(self, found: Difference, told: _Told) -> Iterator[tuple[Name, tuple[str, str, int], float]]:
        if pair := roles.swapped(found):
            yield "role", pair, NEAR
        if pair := polarity.opposed(found):
            yield "polarity", pair, NEAR
        if differing := numbers.differing(found, told.quantities):
            kind, mine, theirs = differing
            yield ("unit" if kind == "unit" else "number"), (mine, theirs, 0), NAMED
        if pair := other_name(found.asked, found.theirs, told.text):
            yield "entity", pair, NAMED
        if pair := self._entities.other_thing(found, told.words, told.free):
            yield "entity", pair, NAMED

    def _wording(self, text: str) -> Wording:
        return Wording(text, self._entities.join)

    def _read(self, number: int, language: Language) -> _Told:
        faq = self._bank.faqs[number]
        wordings = [(variant.language, self._wording(variant.text)) for variant in faq.variants]
        variants = tuple(wording for spoken, wording in wordings if spoken == language)
        answer = faq.answers.get(language)
        answers = [self._wording(answer.text)] if answer else []
        told = [*variants, *answers]
        return _Told(
            keys=frozenset(wording.key for _, wording in wordings),
            variants=variants,
            words=frozenset(word for wording in told for word in (*wording.words, *wording.plain)),
            free=exchanged_within(variants),
            text=f" {' '.join(' '.join((wording.folded, *words(wording.folded))) for wording in told)} ",
            quantities=frozenset(quantity for wording in answers for quantity in wording.quantities),
        )


def _says(variant: Wording, objection: Veto, asked: Wording) -> bool:
    """Whether a phrasing says what was objected to; one that says neither this nor the other speaks for neither."""
    if objection.guard in ("number", "unit"):
        return any(mine.agrees_with(theirs) for mine in asked.quantities for theirs in variant.quantities if str(mine) == objection.asked)
    if objection.asked == "+" or objection.asked in asked.affirmed.noes:
        return variant.affirmed.is_negative == asked.affirmed.is_negative
    return all(part in variant.bag or part in variant.plain for part in objection.asked.split()) or objection.asked in variant.folded
