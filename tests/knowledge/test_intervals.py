"""Exact intervals against the library's beta quantiles, and what it takes to prove a share."""

from __future__ import annotations

import pytest

from knowledge.evaluation.intervals import at_most_proven, checks_needed, clopper_pearson


@pytest.mark.parametrize("total", [1, 7, 40, 99, 300, 2000])
def test_the_interval_is_that_of_clopper_and_pearson(total: int) -> None:
    beta = pytest.importorskip("scipy.stats").beta
    for hits in {0, 1, total // 10, total // 2, total - 1, total}:
        found = clopper_pearson(hits, total)
        low = beta.ppf(0.025, hits, total - hits + 1) if hits else 0.0
        high = beta.ppf(0.975, hits + 1, total - hits) if hits < total else 1.0
        assert found == pytest.approx([hits / total, low, high], abs=1e-4)


def test_of_nothing_there_is_no_interval() -> None:
    assert clopper_pearson(0, 0) is None
    assert at_most_proven(0, 0) == 1.0


@pytest.mark.parametrize(("promise", "needed"), [(0.01, (299, 473)), (0.03, (99, 157)), (0.07, (42, 66))])
def test_so_many_checks_prove_a_promise_with_none_or_one_wrong(promise: float, needed: tuple[int, int]) -> None:
    assert tuple(checks_needed(wrong, promise) for wrong in (0, 1)) == needed


@pytest.mark.parametrize("wrong", [0, 1, 5, 20])
def test_one_check_fewer_does_not_prove_it(wrong: int) -> None:
    needed = checks_needed(wrong, 0.03)
    assert needed
    assert at_most_proven(wrong, needed) <= 0.03 < at_most_proven(wrong, needed - 1)


def test_what_no_sensible_number_proves_is_said() -> None:
    assert checks_needed(50_000, 0.01) is None
