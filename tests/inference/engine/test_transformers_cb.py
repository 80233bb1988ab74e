"""What continuous batching adds to the conformance: equality with the reference, shared prefixes, no leaks."""

from __future__ import annotations

import gc
import logging
import logging.handlers
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.contracts import ChatMessage, EngineDead, GenerationRequest
from inference.engine.build import EngineOptions, start_engine
from inference.engine.generate import GenerateEngine
from inference.engine.loading import Loading
from inference.engine.transformers_cb import ContinuousBatchingEngine
from tests.inference.engine.conftest import SENTENCE
from tests.inference.engine.test_conformance import ask, settle


@pytest.fixture(scope="module")
def batching(random_model: Path) -> Iterator[ContinuousBatchingEngine]:
    engine = ContinuousBatchingEngine(random_model, slots=8, loading=Loading(threads=1), cache_tokens=4096)
    engine.start()
    yield engine
    engine.stop()


def prefix_hits(engine: ContinuousBatchingEngine, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many tokens of each later prompt were found in the cache."""
    cache = engine._manager.batch_processor.cache
    found: list[int] = []
    search = cache.search_prefix_match
    monkeypatch.setattr(cache, "search_prefix_match", lambda *arguments: found.append(search(*arguments)) or found[-1])
    return found


@pytest.mark.parametrize("text", ["hello", "你好，退货期是几天？", "x" * 300])
def test_its_greedy_text_is_that_of_generate(batching, reference, text):
    assert "".join(batching.submit(ask(text, max_new_tokens=60))) == "".join(reference.submit(ask(text, max_new_tokens=60)))


def test_many_at_once_say_what_each_says_alone(batching):
    texts = [f"question {number}" for number in range(8)]
    alone = ["".join(batching.submit(ask(text, max_new_tokens=30))) for text in texts]
    together = [batching.submit(ask(text, max_new_tokens=30)) for text in texts]
    assert ["".join(answer) for answer in together] == alone


def test_a_prompt_that_was_seen_is_found_in_the_cache(batching, monkeypatch):
    list(batching.submit(ask("z" * 200)))
    hits = prefix_hits(batching, monkeypatch)
    list(batching.submit(ask("z" * 200)))
    assert hits[0] >= 192


def test_what_was_kept_from_the_collector_is_given_back_with_the_engine(random_model, monkeypatch):
    """Or a process that changes its model would keep both."""
    engine = ContinuousBatchingEngine(random_model, loading=Loading(threads=1), cache_tokens=4096)
    engine.start()
    assert gc.get_freeze_count() > 0
    given_back = []
    monkeypatch.setattr(gc, "unfreeze", lambda: given_back.append(True))
    engine.stop()
    assert given_back == [True]


def test_the_system_prompt_is_warm_after_start(random_model, monkeypatch):
    system = ChatMessage("system", "a system prompt that every answer shares, " * 3)
    engine = ContinuousBatchingEngine(random_model, loading=Loading(threads=1), cache_tokens=4096, warm_prompts=[(system, ChatMessage("user", ""))])
    engine.start()
    hits = prefix_hits(engine, monkeypatch)
    list(engine.submit(GenerationRequest("first", (system, ChatMessage("user", "hello")), "greedy", 4)))
    engine.stop()
    assert hits[0] >= 128


def test_prefixes_are_made_anew_after_a_swap(batching, monkeypatch):
    list(batching.submit(ask("y" * 200)))
    batching.swap_adapter(None)
    hits = prefix_hits(batching, monkeypatch)
    list(batching.submit(ask("y" * 200)))
    assert hits[0] < 32


def test_a_storm_of_cancels_leaves_nothing_behind(batching):
    for number in range(40):
        answer = batching.submit(ask(max_new_tokens=300))
        if number % 3:
            next(iter(answer))
        batching.cancel(answer.id)
        list(answer)
    settle(batching)
    list(batching.submit(ask(max_new_tokens=2)))
    router = batching._manager.output_router
    assert (router.result_handlers, batching._running) == ({}, {})


@pytest.mark.parametrize("engine_class", [ContinuousBatchingEngine, GenerateEngine])
def test_chinese_is_never_split_inside_a_character(engine_class, speaking_model):
    engine = engine_class(speaking_model, loading=Loading(threads=1))
    engine.start()
    answer = engine.submit(ask(max_new_tokens=30))
    pieces = list(answer)
    engine.stop()
    assert (pieces, answer.finish, answer.usage.new_tokens) == (list(SENTENCE), "stop", 10)


def test_a_text_cut_inside_a_character_ends_before_it(speaking_model):
    engine = GenerateEngine(speaking_model, loading=Loading(threads=1))
    engine.start()
    text = "".join(engine.submit(ask(max_new_tokens=5)))
    engine.stop()
    assert text == SENTENCE[0]


def test_death_is_told_to_the_process(random_model):
    told = threading.Event()
    engine = ContinuousBatchingEngine(random_model, loading=Loading(threads=1), cache_tokens=4096, on_fatal=lambda _: told.set())
    engine.start()
    engine._loaded.model.model.forward = None
    with pytest.raises(EngineDead):
        list(engine.submit(ask()))
    assert told.wait(20)
    engine.stop()


def test_a_model_that_batching_refuses_is_served_by_generate(random_model, monkeypatch, caplog):
    def refuse(*_: object, **__: object) -> None:
        raise ValueError("no such attention")

    monkeypatch.setattr("transformers.generation.continuous_batching.ContinuousMixin.init_continuous_batching", refuse)
    caplog.set_level("WARNING", logger="inference.engine.build")  # whatever level others have left behind
    engine = start_engine("transformers_cb", random_model, EngineOptions(threads=1))
    assert (engine.health().backend, "no such attention" in caplog.text) == ("generate", True)
    engine.stop()


def test_an_ordinary_life_writes_none_of_the_librarys_advice(random_model):
    heard = logging.handlers.BufferingHandler(1000)
    library = logging.getLogger("ContinuousBatchingLogger")
    library.setLevel(logging.INFO)  # as the library has it
    library.addHandler(heard)
    engine = ContinuousBatchingEngine(random_model, loading=Loading(threads=1), cache_tokens=1024)
    engine.start()
    list(engine.submit(ask(max_new_tokens=2)))
    engine.stop()
    library.removeHandler(heard)
    assert [record.getMessage() for record in heard.buffer] == []
