"""A model server that fails in all the ways servers do: nothing is lost that could be had, and everybody is told the truth."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.contracts import EngineDead, EngineOverloaded, PromptTooLong
from inference.engine import openai_http
from inference.engine.breaker import LONGEST_REST_S, Breaker
from inference.engine.openai_http import OpenAIEngine
from tests.inference.engine.fake_server import ServerProcess
from tests.inference.engine.test_conformance import ask

CALM = {
    "status": 200, "failures": 0, "failure": 500, "breaks": False, "babbles": False, "is_silent": False, "key": "", "between_s": 0.0,
    "raw": "", "before_s": 0.0,
}  # fmt: skip


@pytest.fixture
def server(process: ServerProcess, monkeypatch: pytest.MonkeyPatch) -> ServerProcess:
    monkeypatch.setattr(openai_http, "PAUSES_S", (0.01, 0.02))
    process.tell(**CALM)
    return process


@pytest.fixture
def engine(server: ServerProcess) -> Iterator[OpenAIEngine]:
    made = OpenAIEngine(server.url, "m", read_s=10.0)
    made.start()
    yield made
    made.stop()


def becomes(engine: OpenAIEngine, state: str) -> bool:
    until = time.monotonic() + 10
    while engine.health().state != state and time.monotonic() < until:
        time.sleep(0.02)
    return engine.health().state == state


@pytest.mark.parametrize("failure", [500, 502, 504])
def test_a_passing_failure_is_tried_again(server, engine, failure):
    before = server.tell(failures=2, failure=failure)
    answer = engine.submit(ask(max_new_tokens=4))
    assert (len("".join(answer)), answer.finish, server.tell() - before) == (4, "length", 3)


def test_after_three_tries_it_gives_up_and_stays_ready_where_the_server_still_answers(server, engine):
    before = server.tell(failures=3)
    with pytest.raises(EngineDead, match="HTTP 500"):
        engine.submit(ask())
    assert (server.tell() - before, engine.health().state, engine.stats().running) == (3, "ready", 0)


def test_a_busy_server_is_not_asked_again_and_its_time_is_passed_on(server, engine):
    before = server.tell(status=429)
    with pytest.raises(EngineOverloaded) as busy:
        engine.submit(ask())
    assert (busy.value.retry_after_s, server.tell() - before) == (3, 1)


def test_a_refusal_is_told_in_its_own_words(server, engine):
    server.tell(status=422)
    with pytest.raises(ValueError, match="busy"):
        engine.submit(ask())
    server.tell(status=200)
    with pytest.raises(PromptTooLong, match="1024"):
        engine.submit(ask("long " * 1200))


def test_what_is_no_event_ends_the_answer_and_not_the_engine(server, engine):
    server.tell(babbles=True)
    with pytest.raises(EngineDead, match="cannot be read"):
        list(engine.submit(ask()))
    assert engine.health().state == "ready"


def test_a_silent_server_is_given_up_after_its_time(server):
    engine = OpenAIEngine(server.url, "m", read_s=1.0)
    engine.start()
    server.tell(is_silent=True)
    answer = engine.submit(ask(deadline_s=30))
    with pytest.raises(EngineDead, match="broke off"):
        list(answer)
    server.tell(is_silent=False)
    engine.stop()


def test_a_killed_server_is_waited_for_and_used_again(engine, server):
    server.tell(between_s=0.01)
    answer = engine.submit(ask(max_new_tokens=900))
    pieces = iter(answer)
    next(pieces)
    server.kill()
    with pytest.raises(EngineDead):
        list(pieces)
    assert becomes(engine, "down")
    with pytest.raises(EngineDead, match="does not answer"):
        engine.submit(ask())
    server.start(**CALM)
    assert becomes(engine, "ready")
    assert len("".join(engine.submit(ask(max_new_tokens=3)))) == 3


def test_a_server_that_is_not_there_yet_is_waited_for(server):
    server.kill()
    engine = OpenAIEngine(server.url, "m")
    engine.start()
    assert engine.health().state == "down"
    server.start(**CALM)
    assert becomes(engine, "ready")
    engine.stop()


def test_a_wrong_key_is_said_at_start(server):
    server.tell(key="secret")
    with pytest.raises(EngineDead, match="401.*key"):
        OpenAIEngine(server.url, "m", key="wrong").start()
    engine = OpenAIEngine(server.url, "m", key="secret")
    engine.start()
    assert engine.health().state == "ready"
    engine.stop()


# --- the breaker -----------------------------------------------------------------------------------------------------


@given(st.integers(1, 5), st.lists(st.booleans(), max_size=40))
def test_the_circuit_is_open_exactly_after_so_many_failures_in_a_row(least: int, story: list[bool]) -> None:
    breaker = Breaker(least, clock=lambda: 0.0)
    failures = 0
    for is_fine in story:
        failures = 0 if is_fine else failures + 1
        opened = breaker.succeeded() if is_fine else breaker.failed("x")
        assert breaker.is_open == (failures >= least)
        assert bool(opened) == (failures == least)
        assert 0 <= breaker.rest_s <= LONGEST_REST_S


def test_the_rest_grows_and_passes() -> None:
    moment = [0.0]
    breaker = Breaker(1, clock=lambda: moment[0])
    rests = []
    for _ in range(8):
        breaker.failed("x")
        rests.append(breaker.rest_s)
    moment[0] = 31.0
    assert (rests, breaker.rest_s) == ([1, 2, 4, 8, 16, 30, 30, 30], 0)
