"""What a listed word leads to in a direction: the rules of a site, those of its company, the shipped ones, the word's own level.

Knows rules and which of them is nearer. Does not know rows, texts or how words are found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from knowledge.contracts import IN_NEED, Direction, Level, Why
from knowledge.sensitive.starter import starter_terms
from knowledge.sensitive.terms import Term

Levels = Callable[[Term], tuple[Level, Why]]
Table = dict[tuple[str, Direction], Level]


@dataclass(frozen=True, slots=True)
class Rule:
    """`category` empty: of every category; `direction` None: in every direction."""

    category: str
    direction: Direction | None
    level: Level


# An agent who answers somebody in need has to be able to name it.
SHIPPED = (Rule("self-harm", Direction.AGENT, Level.WARN_AGENT),)


def own_level(term: Term) -> tuple[Level, Why]:
    return term.level, ""


class Rules:
    """The rules that hold on one site; without a site those of the company. Immutable."""

    def __init__(self, of_site: Iterable[Rule] = (), of_company: Iterable[Rule] = (), shipped: Sequence[Rule] = SHIPPED) -> None:
        self._tables: list[tuple[Why, Table]] = [("site", _table(of_site)), ("company", _table(of_company))]
        self._shipped = _table(shipped)

    def levels(self, direction: Direction) -> Levels:
        return lambda term: self.level_of(term, direction)

    def level_of(self, term: Term, direction: Direction) -> tuple[Level, Why]:
        for why, table in self._tables:
            level = table.get((term.category, direction)) or _of_all(table, term, direction)
            if level:
                return level, why
        level = self._shipped.get((term.category, direction))
        # Whoever lists a word with a level of their own means that level.
        return (level, "shipped") if level and term in _as_shipped() else own_level(term)

    @property
    def version(self) -> str:
        """Empty where no rule was set: what the shipped ones say is part of the program."""
        told = [sorted((category, direction, level) for (category, direction), level in table.items()) for _, table in self._tables]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:8] if any(told) else ""


def _of_all(table: Table, term: Term, direction: Direction) -> Level | None:
    """A rule that hides what visitors say in every category is not meant for a cry for help; one that names its category is."""
    level = table.get(("", direction))
    is_cry = direction is Direction.VISITOR and term.category == IN_NEED and term.level is Level.HAND_OVER
    return None if is_cry and level in (Level.MASK, Level.BLOCK) else level


def _table(rules: Iterable[Rule]) -> Table:
    """What names a direction is nearer than what holds in all of them."""
    table: Table = {}
    for rule in sorted(rules, key=lambda rule: rule.direction is not None):
        for direction in Direction if rule.direction is None else (rule.direction,):
            table[rule.category, direction] = rule.level
    return table


@cache
def _as_shipped() -> frozenset[Term]:
    return frozenset(starter_terms())
