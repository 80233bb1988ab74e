"""What every engine promises, asked of each of them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from inference.contracts import ChatMessage, Engine, EngineDead, EngineOverloaded, GenerationRequest, PromptTooLong
from inference.engine.generate import GenerateEngine
from inference.engine.loading import Loading
from inference.engine.openai_http import OpenAIEngine
from inference.engine.scripted import ScriptedEngine
from inference.engine.transformers_cb import ContinuousBatchingEngine
from tests.inference.engine.fake_server import ServerProcess

_numbers = itertools.count()


def ask(text: str = "hello", **options: object) -> GenerationRequest:
    messages = (ChatMessage("system", "be kind"), ChatMessage("user", text))
    return GenerationRequest(f"r{next(_numbers)}", messages, **{"profile": "greedy", "max_new_tokens": 12, **options})


@dataclass
class Subject:
    engine: Engine
    break_it: Callable[[], None]


def build(name: str, model: Path, architecture: Callable[[str], Path], stack: ExitStack) -> Subject:
    kind, _, shape = name.partition(" ")
    model = architecture(shape) if shape else model
    if kind == "scripted":
        engine = ScriptedEngine(lambda _: itertools.cycle("有 words "), slots=2, between_s=0.002, window=1024)
        subject = Subject(engine, lambda: engine.die("broken"))
    elif kind == "openai_http":
        server = ServerProcess(between_s=0.002)
        stack.callback(server.kill)
        subject = Subject(OpenAIEngine(server.url, "m", slots=2), lambda: server.tell(breaks=True))
    elif kind == "generate":
        engine = GenerateEngine(model, slots=2, loading=Loading(threads=1))
        subject = Subject(engine, lambda: setattr(engine._loaded.model.model, "forward", None))
    else:
        engine = ContinuousBatchingEngine(model, slots=2, loading=Loading(threads=1), cache_tokens=4096)
        subject = Subject(engine, lambda: setattr(engine._loaded.model.model, "forward", None))
    subject.engine.start()
    stack.callback(subject.engine.stop)
    return subject


KINDS = [
    "scripted", "openai_http", "generate", "transformers_cb",
    "transformers_cb deepseek_v3", "transformers_cb deepseek_v2", "transformers_cb qwen3_moe",
]  # fmt: skip


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, random_model: Path, architecture: Callable[[str], Path]) -> Iterator[Engine]:
    with ExitStack() as stack:
        yield build(request.param, random_model, architecture, stack).engine


@pytest.fixture(params=KINDS)
def mortal(request: pytest.FixtureRequest, random_model: Path, architecture: Callable[[str], Path]) -> Iterator[Subject]:
    with ExitStack() as stack:
        yield build(request.param, random_model, architecture, stack)


def settle(engine: Engine, running: int = 0) -> None:
    until = time.monotonic() + 30
    while engine.stats().running + engine.stats().waiting > running and time.monotonic() < until:
        time.sleep(0.005)


def test_it_is_ready_after_start(engine):
    assert engine.health().state == "ready"


def test_it_answers_up_to_the_length_asked_for(engine):
    answer = engine.submit(ask(max_new_tokens=5))
    list(answer)
    assert (answer.finish, answer.usage.new_tokens) == ("length", 5)


def test_it_says_the_same_whole_text_each_time(engine):
    request = ask(max_new_tokens=40)
    assert "".join(engine.submit(request)) == "".join(engine.submit(request)) != ""


def test_it_measures_the_first_token_and_the_whole(engine):
    answer = engine.submit(ask())
    list(answer)
    assert 0 < answer.usage.first_token_ms <= answer.usage.total_ms


def test_it_answers_two_at_once(engine):
    both = [engine.submit(ask()), engine.submit(ask())]
    assert [len("".join(answer)) > 0 for answer in both] == [True, True]


def test_it_ends_a_cancelled_answer_at_once(engine):
    answer = engine.submit(ask(max_new_tokens=900))
    next(iter(answer))
    engine.cancel(answer.id)
    since = time.monotonic()
    list(answer)
    assert (answer.finish, time.monotonic() - since < 1) == ("cancelled", True)


def test_it_forgets_a_cancelled_answer(engine):
    answer = engine.submit(ask(max_new_tokens=900))
    engine.cancel(answer.id)
    list(answer)
    settle(engine)
    assert (engine.stats().running, engine.stats().waiting) == (0, 0)


def test_it_ignores_the_cancelling_of_what_it_does_not_know(engine):
    engine.cancel("nobody")
    assert engine.health().state == "ready"


def test_it_cancels_when_the_reader_walks_away(engine):
    answer = engine.submit(ask(max_new_tokens=900))
    for _ in answer:
        break
    settle(engine)
    assert answer.finish == "cancelled"


def test_it_ends_at_the_deadline_with_what_there_is(engine):
    for deadline_s in (0.15, 0.5, 1.2):  # a machine that is held up for as long has not begun to write
        answer = engine.submit(ask(max_new_tokens=900, deadline_s=deadline_s))
        text = "".join(answer)
        assert answer.finish == "deadline"
        if text:
            return
    raise AssertionError("no text within any deadline")


def test_it_refuses_at_once_when_full_and_says_when_to_come_back(engine):
    settle(engine)
    running = [engine.submit(ask(max_new_tokens=900)) for _ in range(2)]
    with pytest.raises(EngineOverloaded) as refusal:
        engine.submit(ask())
    for answer in running:
        engine.cancel(answer.id)
    settle(engine)
    assert (refusal.value.retry_after_s >= 1, refusal.value.ahead) == (True, 2)
    assert engine.stats().refused >= 1


def test_it_refuses_a_prompt_longer_than_the_window(engine):
    with pytest.raises(PromptTooLong, match="1024"):
        engine.submit(ask("long " * 1200))


def test_it_cuts_at_a_stop_string_and_does_not_show_it(engine):
    whole = "".join(engine.submit(ask(max_new_tokens=40)))
    stop = whole[3:5]
    answer = engine.submit(ask(max_new_tokens=40, stop=(stop,)))
    assert "".join(answer) == whole[: whole.index(stop)]
    assert answer.finish == "stop"


def test_it_counts_what_it_did(engine):
    before = engine.stats()
    list(engine.submit(ask(max_new_tokens=4)))
    settle(engine)
    after = engine.stats()
    assert (after.answers - before.answers, after.tokens_generated - before.tokens_generated) == (1, 4)


@pytest.mark.parametrize("mortal", ["scripted", "openai_http", "generate", "transformers_cb"], indirect=True)
def test_a_place_that_is_free_goes_to_the_tenant_that_had_none(mortal):
    greedy = [mortal.engine.submit(ask(max_new_tokens=900, tenant="greedy")) for _ in range(2)]
    with pytest.raises(EngineOverloaded):
        mortal.engine.submit(ask(tenant="quiet"))
    mortal.engine.cancel(greedy[0].id)
    settle(mortal.engine, running=1)
    with pytest.raises(EngineOverloaded):
        mortal.engine.submit(ask(tenant="greedy"))
    answer = mortal.engine.submit(ask(tenant="quiet"))
    mortal.engine.cancel(greedy[1].id)
    assert "".join(answer)


def test_a_dead_engine_tells_its_readers_and_takes_nothing_more(mortal):
    answer = mortal.engine.submit(ask(max_new_tokens=900))
    mortal.break_it()
    with pytest.raises(EngineDead):
        list(answer)
    assert (answer.finish, mortal.engine.health().state) == ("error", "down")
    with pytest.raises(EngineDead):
        mortal.engine.submit(ask())


def test_a_stopped_engine_ends_its_answers(mortal):
    answer = mortal.engine.submit(ask(max_new_tokens=900))
    mortal.engine.stop()
    list(answer)
    assert answer.finish == "cancelled"
