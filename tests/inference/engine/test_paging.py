"""The paged cache: an admitted answer never starves, warm prompts stay warm, and no page is ever lost."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inference.contracts import ChatMessage, EngineOverloaded, GenerationRequest
from inference.engine.loading import Loading
from inference.engine.paging import Pages, Paging
from inference.engine.transformers_cb import ContinuousBatchingEngine
from tests.inference.engine.test_conformance import ask, settle
from tests.inference.engine.test_transformers_cb import prefix_hits

SYSTEM = ChatMessage("system", "a system prompt that every answer shares, " * 3)
TOKENS = 1024


@pytest.fixture(scope="module")
def small(random_model: Path) -> Iterator[ContinuousBatchingEngine]:
    """An engine whose cache is full after a few answers."""
    warm = [(SYSTEM, ChatMessage("user", ""))]
    engine = ContinuousBatchingEngine(random_model, slots=4, loading=Loading(threads=1), cache_tokens=TOKENS, warm_prompts=warm)
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture
def draw() -> random.Random:
    return random.Random(3)


def words(draw: random.Random, length: int) -> str:
    return "".join(draw.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(length))


def at_rest(engine: ContinuousBatchingEngine) -> Pages:
    settle(engine)
    list(engine.submit(ask(max_new_tokens=2)))  # the library frees what was cancelled when it next looks
    return engine.pages()


def fill(engine: ContinuousBatchingEngine, draw: random.Random) -> None:
    """Until the cache has nothing free beyond its margin, and then some."""
    for _ in range(6):
        list(engine.submit(ask(words(draw, 400), max_new_tokens=4)))


def test_answers_that_fill_the_cache_are_all_made_at_once(small, draw, monkeypatch):
    thrown_back: list[object] = []
    offloading = small._manager.batch_processor.offloading_manager
    monkeypatch.setattr(offloading, "offload_requests", lambda: thrown_back.append(1))
    fill(small, draw)
    texts = [words(draw, 150) for _ in range(4)]
    together = [small.submit(ask(text, max_new_tokens=50)) for text in texts]
    most = sum(small._paging.rounded(answer.usage.prompt_tokens + 50) for answer in together)
    said = ["".join(answer) for answer in together]
    assert TOKENS * 0.85 < most <= TOKENS  # more than the library's own margin would have let in
    assert [answer.finish for answer in together] == ["length"] * 4
    assert thrown_back == []
    assert said == ["".join(small.submit(ask(text, max_new_tokens=50))) for text in texts]


def test_what_would_not_fit_is_refused_at_once(small, draw):
    first = small.submit(ask(words(draw, 500), max_new_tokens=300))
    with pytest.raises(EngineOverloaded) as refusal:
        small.submit(ask(words(draw, 200), max_new_tokens=10))
    small.cancel(first.id)
    list(first)
    assert refusal.value.ahead == 1


def test_a_system_prompt_is_still_warm_after_the_cache_was_full(small, draw, monkeypatch):
    fill(small, draw)
    hits = prefix_hits(small, monkeypatch)
    list(small.submit(GenerationRequest("after", (SYSTEM, ChatMessage("user", words(draw, 40))), "greedy", 4)))
    assert hits[0] >= 128


def test_no_page_is_lost_by_ends_cancels_and_swaps(small, draw):
    before = at_rest(small)
    for number in range(12):
        answer = small.submit(ask(words(draw, 200), max_new_tokens=200))
        if number % 2:
            next(iter(answer))
        small.cancel(answer.id)
    small.swap_adapter(None)
    fill(small, draw)
    small.swap_adapter(None)
    after = at_rest(small)
    assert (before.lost, after.lost, after.held, after.total) == (0, 0, 0, before.total)
    assert after.free >= before.total - after.kept


@given(
    page=some.integers(4, 256), slots=some.integers(1, 64), answers=some.integers(1, 50_000), warm=some.integers(0, 5000), step=some.integers(1, 512)
)
def test_there_is_a_margin_for_a_step_beside_answers_and_warm_prompts(page: int, slots: int, answers: int, warm: int, step: int) -> None:
    paging = Paging(page, slots, answers, warm, step)
    assert paging.pages * page >= answers + warm + step + slots
    assert 0 < paging.margin <= 1
    assert paging.margin * paging.pages == pytest.approx(paging.step_pages)
