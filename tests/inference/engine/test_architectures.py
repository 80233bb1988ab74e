"""Continuous batching says what `generate` says, for every architecture that we name: the same tokens, cold, from the cache and split."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from inference.engine.build import EngineOptions, start_engine
from inference.engine.generate import GenerateEngine
from inference.engine.latent import PROVEN
from inference.engine.loading import Loading
from inference.engine.transformers_cb import ContinuousBatchingEngine
from tests.inference.engine.architectures import SHAPES
from tests.inference.engine.test_conformance import ask, settle
from tests.inference.engine.test_transformers_cb import prefix_hits

pytestmark = pytest.mark.thorough

STEP = 512  # tokens of one step at most
LONG = " ".join(str(number * 7919) for number in range(110))
TEXTS = ["hello", "你好，退货期是几天？", LONG[:200], LONG]
SLIDING = {"gpt_oss"}  # its pages are overwritten as the window moves, so the library shares none


@dataclass
class Pair:
    kind: str
    batching: ContinuousBatchingEngine
    reference: GenerateEngine


@pytest.fixture(scope="module", params=sorted(SHAPES.keys() - {"deepseek_v32"}))
def pair(request: pytest.FixtureRequest, architecture: Callable[[str], Path]) -> Iterator[Pair]:
    folder = architecture(request.param)
    with ExitStack() as stack:
        batching = ContinuousBatchingEngine(folder, slots=4, loading=Loading(threads=1), cache_tokens=4096)
        reference = GenerateEngine(folder, slots=4, loading=Loading(threads=1))
        for engine in (batching, reference):
            engine.start()
            stack.callback(engine.stop)
        yield Pair(request.param, batching, reference)


def said(engine: ContinuousBatchingEngine | GenerateEngine, text: str, length: int = 24) -> str:
    return "".join(engine.submit(ask(text, max_new_tokens=length)))


def test_greedy_answers_are_those_of_generate(pair: Pair) -> None:
    expected = [said(pair.reference, text) for text in TEXTS]
    assert len(set(expected)) == len(TEXTS)
    assert len(set("".join(expected))) > 20  # no model that always says the same
    together = [pair.batching.submit(ask(text, max_new_tokens=24)) for text in TEXTS]
    assert ["".join(answer) for answer in together] == expected
    assert max(answer.usage.prompt_tokens for answer in together) > STEP  # so its prefill was split
    assert [said(pair.batching, text) for text in TEXTS] == expected


def test_a_prompt_that_was_seen_comes_from_the_cache(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    first = said(pair.batching, LONG[:300])
    hits = prefix_hits(pair.batching, monkeypatch)
    assert said(pair.batching, LONG[:300]) == first
    assert hits == [] if pair.kind in SLIDING else hits[0] >= 288


def test_cancels_at_any_moment_leave_nothing_behind(pair: Pair) -> None:
    before = pair.batching.pages()
    draw = random.Random(5)
    for _ in range(12):
        answers = [pair.batching.submit(ask(LONG[: draw.randrange(10, 700)], max_new_tokens=100)) for _ in range(3)]
        if draw.random() < 0.5:
            next(iter(answers[0]))
        for answer in answers:
            pair.batching.cancel(answer.id)
            list(answer)
    settle(pair.batching)
    assert said(pair.batching, "hello") == said(pair.reference, "hello")
    after = pair.batching.pages()
    assert not any(pair.batching.leftovers().values())
    assert after.free + after.kept == before.free + before.kept == before.total


def test_every_model_with_a_latent_cache_is_compared_here() -> None:
    assert SHAPES.keys() >= PROVEN


def test_a_model_that_batching_cannot_hold_is_served_by_generate(architecture: Callable[[str], Path], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING", logger="inference.engine.build")
    engine = start_engine("transformers_cb", architecture("deepseek_v32"), EngineOptions(threads=1))
    text = said(engine, "hello")
    engine.stop()
    assert (engine.health().backend, len(text)) == ("generate", 24)
    assert "deepseek_v32 caches latents, but is not among the models proven to batch on them" in caplog.text
