"""Several generation workers: none writes over another, and one that is away does not hide one that answers."""

from __future__ import annotations

from typing import Any

import pytest

from csbot.lib import gauges
from csbot.lib.gauges import EngineGauge, SpreadGauge, gauge_read, gauge_write, token_rates
from csbot.lib.status import WorkerStatus, status_read, status_write

pytestmark = pytest.mark.usefixtures("redis_clean")


def test_the_page_shows_what_all_of_them_count() -> None:
    spread = SpreadGauge([0.1, 0.5], [1, 2, 0], 1.5)
    gauge_write(EngineGauge(1, 2, 30, finishes={"stop": 3}, spreads={"queue_s": spread}, card=(0.5, 10, 40), experts=[[1, 2]]), "one")
    gauge_write(EngineGauge(3, 0, 70, finishes={"stop": 1, "error": 1}, spreads={"queue_s": spread}, card=(None, 5, 40), experts=[[3, 4]]), "two")
    both = gauge_read()
    assert both
    assert (both.running, both.waiting, both.tokens, both.finishes) == (4, 2, 100, {"stop": 4, "error": 1})
    assert (both.spreads["queue_s"], both.card, both.experts) == (SpreadGauge([0.1, 0.5], [2, 4, 0], 3.0), (0.5, 15, 80), [[4, 6]])


def test_experts_of_different_models_are_not_added() -> None:
    gauge_write(EngineGauge(experts=[[1, 2]]), "one")
    gauge_write(EngineGauge(experts=[[3, 4, 5]]), "two")
    both = gauge_read()
    assert both
    assert both.experts == [[1, 2]]


def test_speeds_of_several_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([100.0, 100.7, 102.0, 102.7, 104.0])
    monkeypatch.setattr(gauges.time, "time", lambda: next(moments))
    for worker, tokens in (("one", 0), ("two", 500), ("one", 20), ("two", 510), ("one", 60)):
        gauge_write(EngineGauge(tokens=tokens), worker)
    assert token_rates() == [(102.0, 15.0), (104.0, 25.0)]


@pytest.mark.parametrize("order", [("ready", "down", "loading"), ("loading", "ready", "down"), ("down", "loading", "ready")])
def test_a_kind_is_as_well_as_the_best_of_its_workers(order: Any) -> None:
    for number, state in enumerate(order):
        status_write("generation", WorkerStatus(state), f"worker {number}")
    assert status_read("generation").state == "ready"


def test_a_worker_that_fell_silent_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    status_write("generation", WorkerStatus("ready"), "one")
    later = gauges.time.time() + 11
    monkeypatch.setattr(gauges.time, "time", lambda: later)
    status_write("generation", WorkerStatus("loading"), "two")
    assert status_read("generation").state == "loading"
