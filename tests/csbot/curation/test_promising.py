"""What a promise does to real questions, and what proves it: the reckoning, without rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from csbot.curation.promising import Choice, Scope, choices_of
from csbot.curation.sampled import Asked
from csbot.lib.clock import now

CUTS = {1: 0.9, 3: 0.8, 7: 0.6}


@dataclass(frozen=True)
class Promised:
    base: int = 3
    of_category: Mapping[str, int] = field(default_factory=dict)
    category_of: Mapping[str, str] = field(default_factory=lambda: {"returns": "money", "shipping": "post"})

    def of(self, category: str) -> int:
        return self.of_category.get(category, self.base)

    def of_faq(self, faq: str) -> int:
        return self.of(self.category_of.get(faq, ""))


def asked(chance: float | None = 0.85, **fields: Any) -> Asked:
    """As it went under the promise 3."""
    outcome = "clarified" if chance is not None and chance < CUTS[3] else "answered"
    values: dict[str, Any] = {
        **{"turn": uuid4(), "conversation": uuid4(), "text": f"question {uuid4()}", "language": "en", "at": now(), "outcome": outcome},
        **{"faq": "returns", "chance": chance, "three": 0.0, "is_direct": outcome == "answered", "is_certain": False, "is_vetoed": False},
        **{"snapshot": "s", "cuts": CUTS},
    }
    return Asked(**{**values, **fields})


def label(verdict: str = "right", **fields: Any) -> dict[str, Any]:
    return {"verdict": verdict, "source": "audit", "faq": "returns", "chance": 0.95, "snapshot": "s", "language": "en", **fields}


def choices(questions: list[Asked], labels: list[dict[str, Any]] | None = None, scope: Scope | None = None, **more: Any) -> dict[int, Choice]:
    found = choices_of(scope or Scope(Promised()), questions, labels or [], cuts={"s": {"en": CUTS}}, held_out=more.get("held_out", {}))
    return {choice.promise: choice for choice in found}


@pytest.mark.parametrize(
    ("one", "outcomes"),
    [
        (asked(0.95), ("answered", "answered", "answered")),
        (asked(0.85), ("clarified", "answered", "answered")),
        (asked(0.7), ("clarified", "clarified", "answered")),
        (asked(0.2, outcome="generated"), ("generated", "generated", "generated")),
        (asked(0.2, is_certain=True, outcome="answered", is_direct=True), ("answered", "answered", "answered")),
        (asked(0.95, outcome="clarified", is_direct=False, is_vetoed=True), ("clarified", "clarified", "clarified")),
        (asked(None, outcome="handed", is_direct=False), ("handed", "handed", "handed")),
        (asked(0.7, cuts={3: 0.8}), (None, "clarified", None)),
    ],
    ids=["sure", "between", "below", "far", "exact", "guarded", "refused", "unknown"],
)
def test_each_promise_has_its_outcome(one: Asked, outcomes: tuple[str | None, ...]) -> None:
    assert tuple(one.outcome_at(promise) for promise in (1, 3, 7)) == outcomes


def test_an_answer_that_falls_below_the_line_is_asked_back_or_generated() -> None:
    low = {1: 0.5, 3: 0.3, 7: 0.2}
    assert asked(0.4, cuts=low, outcome="answered", is_direct=True).outcome_at(1) == "generated"
    assert asked(0.4, cuts=low, outcome="answered", is_direct=True, three=0.6).outcome_at(1) == "clarified"


def test_shares_and_what_moves_are_counted() -> None:
    found = choices([asked(0.95), asked(0.85), asked(0.7), asked(0.1)])
    assert [found[promise].counts["answered"] for promise in (1, 3, 7)] == [1, 2, 3]
    assert (found[1].moved.fewer_answered, found[3].moved.ways, found[7].moved.more_answered) == (1, [], 1)
    assert found[7].moved.ways == [("clarified", "answered", 1)]
    assert found[3].is_now


def test_the_questions_around_the_line_are_the_nearest_on_either_side() -> None:
    questions = [asked(0.8 + step / 100) for step in range(-15, 15)]
    now_chosen = choices([*questions, questions[0]])[3]
    assert [round(distance, 2) for _, distance in now_chosen.above] == [step / 100 for step in range(10)]
    assert [round(distance, 2) for _, distance in now_chosen.below] == [-step / 100 for step in range(1, 11)]


def test_without_checks_the_chances_are_an_expectation() -> None:
    estimate = choices([asked(0.9), asked(0.8), asked(0.1)])[3].estimate
    assert (estimate.source, estimate.interval) == ("chances", None)
    assert estimate.share == pytest.approx(0.15)


def test_what_the_calibration_held_out_goes_before_chances() -> None:
    estimate = choices([asked(0.9)], held_out={3: (2, 100)})[3].estimate
    assert (estimate.source, estimate.share) == ("held_out", 0.02)


def test_blind_checks_prove_a_promise_and_say_how_many_are_missing() -> None:
    found = choices([asked(0.95)], [label() for _ in range(61)])
    assert (found[3].proof.state, found[3].proof.more, found[3].proof.then) == ("open", 38, (96, 147))
    assert found[3].estimate.source == "checked"
    proven = choices([asked(0.95)], [label() for _ in range(99)])[3].proof
    assert (proven.state, proven.more) == ("proven", None)
    assert proven.at_most is not None
    assert proven.at_most <= 0.03


def test_too_many_wrong_ones_break_it() -> None:
    assert choices([asked(0.95)], [label() for _ in range(30)] + [label("wrong") for _ in range(10)])[3].proof.state == "broken"


def test_a_looser_promise_cannot_be_proven_before_it_is_chosen() -> None:
    assert choices([asked(0.95)], [label() for _ in range(400)])[7].proof.state == "not_given"


@pytest.mark.parametrize("other", [label(source="near"), label(source="thumb"), label("skipped"), label(faq="shipping")])
def test_other_signs_prove_nothing(other: dict[str, Any]) -> None:
    scope = Scope(Promised(), "money")
    assert choices([asked(0.95)], [other], scope)[3].proof.num_checked == 0


def test_a_check_counts_for_the_promises_under_which_it_would_be_answered() -> None:
    found = choices([asked(0.95)], [label("wrong", chance=0.85), label(chance=None)])
    assert [(found[promise].proof.num_checked, found[promise].proof.num_wrong) for promise in (1, 3)] == [(1, 0), (2, 1)]


def test_a_category_with_a_promise_of_its_own_is_looked_at_alone() -> None:
    given = Promised(of_category={"post": 1})
    questions = [asked(0.85, faq="shipping", outcome="clarified", is_direct=False), asked(0.85)]
    whole, alone = choices(questions, scope=Scope(given)), choices(questions, scope=Scope(given, "post"))
    assert [whole[promise].counts["answered"] for promise in (1, 3, 7)] == [0, 1, 1]
    assert [alone[promise].counts["answered"] for promise in (1, 3, 7)] == [0, 1, 1]
    assert (alone[1].is_now, whole[3].is_now, alone[3].num_asked, whole[3].num_asked) == (True, True, 1, 1)


def test_wrong_answers_of_an_eager_category_are_no_right_ones_of_a_careful_base() -> None:
    """They are answered by the looser line, below the base's: the base neither answers for them nor counts them as answered."""
    given = Promised(base=1, of_category={"money": 7})
    questions = [asked(0.7, outcome="answered", is_direct=True) for _ in range(50)] + [asked(0.95, faq="shipping") for _ in range(50)]
    labels = [label("wrong", chance=0.7) for _ in range(100)] + [label(faq="shipping") for _ in range(299)]
    whole, money = choices(questions, labels, Scope(given))[1], choices(questions, labels, Scope(given, "money"))[7]
    assert (whole.proof.state, whole.proof.num_checked, whole.counts["answered"]) == ("proven", 299, 50)
    assert (money.proof.state, money.proof.num_wrong, money.counts["answered"]) == ("broken", 100, 50)


def test_a_check_whose_cuts_are_unknown_proves_nothing() -> None:
    assert choices([asked(0.95)], [label(snapshot="forgotten")])[3].proof.num_checked == 0
