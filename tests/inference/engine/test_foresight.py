"""Guesses are made where they are worth their time: the allotment against its slow twin, and what is learnt from every token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inference.engine.foresight import Foresight, allot, rate, slow_allot

ANSWERS = some.lists(some.tuples(some.floats(0.01, 0.99), some.integers(0, 3)), min_size=1, max_size=4)


@given(answers=ANSWERS, rows=some.integers(0, 12))
def test_no_allotment_brings_more_tokens_for_its_time(answers: list[tuple[float, int]], rows: int) -> None:
    chances, most = [chance for chance, _ in answers], [limit for _, limit in answers]
    allotted = allot(chances, most, rows)
    assert rate(chances, allotted) == pytest.approx(rate(chances, slow_allot(chances, most, rows)))
    assert all(0 <= number <= limit for number, limit in zip(allotted, most, strict=True))
    assert sum(allotted) == 0 or len(answers) + sum(allotted) <= rows


def test_the_more_answers_the_surer_a_guess_has_to_be() -> None:
    assert allot([0.4], [7], 48) == [2]
    assert allot([0.4] * 16, [7] * 16, 48) == [0] * 16
    assert sum(allot([0.9] * 16, [7] * 16, 48)) == 32


def test_the_well_foreseen_are_served_first() -> None:
    assert allot([0.95, 0.2, 0.95], [2, 2, 2], 7) == [2, 0, 2]


def test_what_came_as_foreseen_makes_the_next_guess_likelier() -> None:
    foresight = Foresight()
    unknown = foresight.chance
    foresight.foresee([5, 6, 7])
    foresight.learn([5, 6])
    risen = foresight.chance
    assert risen > unknown
    foresight.learn([1, 2, 3])  # nothing was foreseen for these
    assert foresight.chance == risen
    foresight.foresee([5, 6, 7])
    foresight.learn([9, 6, 7])  # what was foreseen behind a wrong one says nothing
    assert foresight.chance == pytest.approx(risen * 0.8)
