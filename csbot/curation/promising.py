"""What each promise does to real questions, how many wrong answers that means, and what it takes to prove it.

Knows questions as the router saw them and checked answers. Does not know rows, forms or pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from csbot.curation.sampled import Asked, Outcome
from knowledge import facade as knowledge

CHOICES = (1, 3, 7)
OUTCOMES: tuple[Outcome, ...] = ("answered", "clarified", "generated", "handed")
AROUND = 10
MOVED_SHOWN = 5
CERTAIN_WRONG = 0.001
LEAST_CHECKED = 20  # fewer say less than the calibration does
COUNTED = ("right", "wrong", "other")


class Given(Protocol):
    """The promises in force."""

    def of(self, category: str) -> int: ...

    def of_faq(self, faq: str) -> int: ...

    @property
    def of_category(self) -> Mapping[str, int]: ...

    @property
    def category_of(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """Every FAQ that has no promise of its own, or one category.

    Those with one of their own stay out of all the base's figures: they are answered by another line, and what was wrong there would
    neither prove nor break what is promised of the others.
    """

    given: Given
    category: str = ""

    @property
    def now(self) -> int:
        return self.given.of(self.category)

    def has(self, faq: str) -> bool:
        category = self.given.category_of.get(faq, "")
        return category == self.category if self.category else category not in self.given.of_category


@dataclass(frozen=True, slots=True)
class Proof:
    """`more` checks prove it where none of them is wrong, `then` where one or two are. `state` broken: more are wrong than promised."""

    state: Literal["proven", "open", "broken", "not_given"]
    num_checked: int
    num_wrong: int
    at_most: float | None = None
    more: int | None = None
    then: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """Share of wrong answers among direct ones. `interval` is exact, of checks or of what the calibration held out."""

    share: float | None
    interval: tuple[float, float] | None
    source: Literal["checked", "held_out", "chances", "nothing"]


@dataclass(frozen=True, slots=True)
class Moved:
    """What is otherwise than now."""

    more_answered: int
    fewer_answered: int
    ways: list[tuple[Outcome, Outcome, int]]
    examples: list[Asked]


@dataclass(frozen=True, slots=True)
class Choice:
    promise: int
    is_now: bool
    counts: Mapping[Outcome, int]
    num_asked: int
    num_unknown: int
    estimate: Estimate
    proof: Proof
    moved: Moved
    above: list[tuple[Asked, float]]
    below: list[tuple[Asked, float]]

    def shares(self) -> list[tuple[Outcome, int, float]]:
        return [(outcome, self.counts[outcome], self.counts[outcome] / max(self.num_asked, 1)) for outcome in OUTCOMES]


def choices_of(
    scope: Scope,
    asked: Sequence[Asked],
    checked: Sequence[Mapping[str, Any]],
    *,
    cuts: Mapping[str, Mapping[str, Mapping[int, float]]],
    held_out: Mapping[int, tuple[int, int]],
) -> list[Choice]:
    """`cuts` by snapshot and language, for what was checked."""
    mine = [one for one in asked if scope.has(one.faq)]
    return [_choice(promise, scope, mine, _labels(promise, scope, checked, cuts), held_out.get(promise)) for promise in CHOICES]


def _choice(promise: int, scope: Scope, asked: Sequence[Asked], labels: tuple[int, int], held_out: tuple[int, int] | None) -> Choice:
    outcomes = [(one, one.outcome_at(promise)) for one in asked]
    told = [(one, outcome) for one, outcome in outcomes if outcome is not None]
    counts = Counter(outcome for _, outcome in told)
    above, below = _around(promise, told)
    is_given = promise <= scope.now
    return Choice(
        promise=promise,
        is_now=promise == scope.now,
        counts={outcome: counts[outcome] for outcome in OUTCOMES},
        num_asked=len(told),
        num_unknown=len(asked) - len(told),
        estimate=_estimate([one for one, outcome in told if outcome == "answered"], labels if is_given else (0, 0), held_out),
        proof=_proof(promise, *labels) if is_given else Proof("not_given", *labels),
        moved=_moved(scope, told),
        above=above,
        below=below,
    )


def _labels(
    promise: int, scope: Scope, checked: Sequence[Mapping[str, Any]], cuts: Mapping[str, Mapping[str, Mapping[int, float]]]
) -> tuple[int, int]:
    """(checked, wrong) of the blindly drawn answers that would still be given under this promise, as far as their snapshot's cuts are known."""

    def is_given(row: Mapping[str, Any]) -> bool:
        cut = cuts.get(row["snapshot"], {}).get(row["language"], {}).get(promise)
        return row["chance"] is None or (cut is not None and row["chance"] >= cut)

    kept = [row["verdict"] for row in checked if row["source"] == "audit" and row["verdict"] in COUNTED and scope.has(row["faq"]) and is_given(row)]
    return len(kept), sum(verdict != "right" for verdict in kept)


def _estimate(answered: Sequence[Asked], labels: tuple[int, int], held_out: tuple[int, int] | None) -> Estimate:
    num_checked, wrong = labels
    for (total, hits), source in (((num_checked, wrong), "checked"), ((held_out or (0, 0))[::-1], "held_out")):
        if (source != "checked" or total >= LEAST_CHECKED) and (interval := knowledge.clopper_pearson(hits, total)):
            return Estimate(interval[0], (interval[1], interval[2]), source)  # type: ignore[arg-type]
    chances = [CERTAIN_WRONG if one.is_certain else 1 - (one.chance or 0) for one in answered if one.is_certain or one.chance is not None]
    return Estimate(sum(chances) / len(chances), None, "chances") if chances else Estimate(None, None, "nothing")


def _proof(promise: int, num_checked: int, num_wrong: int) -> Proof:
    most = promise / 100
    at_most = knowledge.at_most_proven(num_wrong, num_checked) if num_checked else None
    if at_most is not None and at_most <= most:
        return Proof("proven", num_checked, num_wrong, at_most)
    interval = knowledge.clopper_pearson(num_wrong, num_checked)
    needed = [knowledge.checks_needed(num_wrong + extra, most) for extra in range(3)]
    more = [None if number is None else max(number - num_checked, 1) for number in needed]
    state: Literal["broken", "open"] = "broken" if more[0] is None or (interval and interval[1] > most) else "open"
    return Proof(state, num_checked, num_wrong, at_most, more[0], tuple(more[1:]))


def _moved(scope: Scope, told: Sequence[tuple[Asked, Outcome]]) -> Moved:
    before = [(one, one.outcome_at(scope.now), outcome) for one, outcome in told]
    changed = [(one, was, becomes) for one, was, becomes in before if was is not None and was != becomes]
    ways = Counter((was, becomes) for _, was, becomes in changed)
    return Moved(
        more_answered=sum(becomes == "answered" for _, _, becomes in changed),
        fewer_answered=sum(was == "answered" for _, was, _ in changed),
        ways=[(was, becomes, count) for (was, becomes), count in ways.most_common()],
        examples=[one for one, _, _ in _each_once((one, was, becomes) for one, was, becomes in changed)][:MOVED_SHOWN],
    )


def _around(promise: int, told: Sequence[tuple[Asked, Outcome]]) -> tuple[list[tuple[Asked, float]], list[tuple[Asked, float]]]:
    """The real questions nearest to the line, on either side; each text once."""
    found = []
    for one, _ in told:
        cut = one.cut(promise)
        if one.chance is not None and cut is not None and not one.is_certain and not one.is_vetoed:
            found.append((one, one.chance - cut))
    found.sort(key=lambda item: abs(item[1]))
    above = _each_once(item for item in found if item[1] >= 0)[:AROUND]
    below = _each_once(item for item in found if item[1] < 0)[:AROUND]
    return above, below


def _each_once(items: Any) -> list[Any]:
    return list({item[0].text: item for item in reversed(list(items))}.values())[::-1]
