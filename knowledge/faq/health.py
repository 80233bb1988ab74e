"""Whether a FAQ would be found by words that it does not have: each of its phrasings asked while it is hidden.

`unproven`: no language has a second phrasing, so nothing can be asked. `fragile`: its phrasings mostly do not find it. `solid`: they do.
Knows the measures and what orders them. Does not know chances, visitors or rows of any database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from knowledge.contracts import Language
from knowledge.faq.bank import Bank, BankFaq
from knowledge.faq.examples import others
from knowledge.faq.features import Measure
from knowledge.faq.fitting import Fit

State = Literal["unproven", "fragile", "solid"]

HEALTH = "health.json"  # beside a snapshot's parts, which nobody needs for answering
LEAST_FOUND = 2 / 3  # of the phrasings that were asked
MOST_ASKED = 6  # of one FAQ
MOST_IN_ALL = 20_000  # phrasings; of a larger bank each FAQ is asked with fewer
MOST_LOST = 3  # that are told of


@dataclass(frozen=True, slots=True)
class Lost:
    """A phrasing that does not find its own FAQ, and the FAQ that it finds instead; "" where it finds none."""

    text: str
    language: Language
    found: str


@dataclass(frozen=True, slots=True)
class Health:
    state: State
    asked: int = 0
    found: int = 0
    lost: tuple[Lost, ...] = ()  # some of those that were not

    def to_json(self) -> dict[str, Any]:
        return {"state": self.state, "asked": self.asked, "found": self.found, "lost": [[one.text, one.language, one.found] for one in self.lost]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Health:
        return cls(data["state"], data["asked"], data["found"], tuple(Lost(*one) for one in data["lost"]))


def healths_of(measure: Measure, learnt: Fit, numbers: Iterable[int] | None = None) -> dict[str, Health]:
    """By key, of the FAQs with these numbers (all of them)."""
    bank = measure.index.bank
    chosen = range(len(bank.faqs)) if numbers is None else numbers
    most = max(1, min(MOST_ASKED, MOST_IN_ALL // max(len(bank.faqs), 1)))
    return {bank.faqs[number].key: _health(measure, learnt, number, most) for number in chosen}


def changed_since(bank: Bank, before: Bank) -> list[int]:
    """Numbers of the FAQs that were asked in other words then, or were not there."""
    known = {faq.key: _words(faq) for faq in before.faqs}
    return [number for number, faq in enumerate(bank.faqs) if known.get(faq.key) != _words(faq)]


def _words(faq: BankFaq) -> list[tuple[str, str]]:
    return sorted((variant.language, variant.text) for variant in faq.variants)


def _health(measure: Measure, learnt: Fit, number: int, most: int) -> Health:
    rows = _askable(measure, number)
    step = max(1, -(-len(rows) // most))
    asked = rows[::step]
    if not asked:
        return Health("unproven")
    lost = [one for row in asked if (one := _lost(measure, learnt, number, row))]
    found = len(asked) - len(lost)
    return Health("solid" if found >= LEAST_FOUND * len(asked) else "fragile", len(asked), found, tuple(lost[:MOST_LOST]))


def _askable(measure: Measure, number: int) -> list[int]:
    """Rows whose language has another phrasing: a translation alone proves little."""
    index = measure.index
    rows = [int(row) for row in index.rows_of[number]]
    spoken = Counter(index.variants[row].language for row in rows)
    return [row for row in rows if spoken[index.variants[row].language] > 1]


def _lost(measure: Measure, learnt: Fit, number: int, row: int) -> Lost | None:
    index = measure.index
    variant = index.variants[row]
    hidden = np.setdiff1d(index.rows_of[number], others(measure, row))
    measured = measure(index.ask(variant.text, index.vectors[row]), without=hidden)
    if not len(measured):
        return Lost(variant.text, variant.language, "")
    first = int(measured.faqs[learnt.order(measured)[1][0]])
    return None if first == number else Lost(variant.text, variant.language, index.bank.faqs[first].key)
