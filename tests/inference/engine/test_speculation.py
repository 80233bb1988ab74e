"""Guessed tokens: the same answers as without them, and nothing of a wrong one is left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from inference.engine import speculation
from inference.engine.loading import Loading
from inference.engine.sampling import SAMPLING, Sampling
from inference.engine.transformers_cb import ContinuousBatchingEngine
from tests.inference.engine.test_conformance import ask, settle

TEMPERATURE = 0.2
REPEATING = "the parcel comes on Monday, the parcel comes on Tuesday, the parcel " * 2


@pytest.fixture
def engine(random_model: Path) -> Iterator[ContinuousBatchingEngine]:
    made = ContinuousBatchingEngine(random_model, slots=8, loading=Loading(threads=1), cache_tokens=4096)
    made.start()
    yield made
    made.stop()


def heard(engine: ContinuousBatchingEngine, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[list[int], list[int]]]:
    """Prompt and answer of everything that ends from now on, as tokens."""
    found: dict[str, tuple[list[int], list[int]]] = {}
    receive = engine._receive

    def listening(running: Any, output: Any) -> None:
        found[running.answer.id] = (output.prompt_ids, output.generated_tokens)
        receive(running, output)

    monkeypatch.setattr(engine, "_receive", listening)
    return found


@pytest.mark.parametrize("text", [REPEATING, "ab" * 60, "你好，退货期是几天？" * 6, "hello"])
def test_greedy_answers_are_those_of_generate(engine, reference, text):
    for length in (1, 2, 3, 60):
        assert "".join(engine.submit(ask(text, max_new_tokens=length))) == "".join(reference.submit(ask(text, max_new_tokens=length)))
    assert engine.stats().guessed_tokens > 0


def test_many_at_once_say_what_each_says_alone(engine, reference):
    texts = [f"{REPEATING}{number}" for number in range(8)]
    for together in (2, 3, 8):
        answers = [engine.submit(ask(text, max_new_tokens=40)) for text in texts[:together]]
        assert ["".join(answer) for answer in answers] == ["".join(reference.submit(ask(text, max_new_tokens=40))) for text in texts[:together]]


def test_no_answer_is_longer_than_it_may_be(engine, monkeypatch):
    found = heard(engine, monkeypatch)
    for length in range(1, 12):
        answer = engine.submit(ask(REPEATING, max_new_tokens=length))
        list(answer)
        assert (answer.usage.new_tokens, len(found[answer.id][1]), answer.finish) == (length, length, "length")


def test_pages_that_an_answer_filled_serve_the_next_prompt(engine, reference, monkeypatch):
    """A page with a wrong guess in it would make the next answer another."""
    found = heard(engine, monkeypatch)
    first = engine.submit(ask(REPEATING, max_new_tokens=100))
    list(first)
    prompt, made = found[first.id]
    longer = prompt + made[:96]
    monkeypatch.setattr(engine, "_render", lambda _messages: longer)
    monkeypatch.setattr(reference, "_render", lambda _messages: longer)
    before = engine.stats().prefix_tokens
    again = "".join(engine.submit(ask("", max_new_tokens=30)))
    assert engine.stats().prefix_tokens - before > len(prompt)
    assert again == "".join(reference.submit(ask("", max_new_tokens=30)))


def test_experts_of_wrong_guesses_are_not_counted(engine, monkeypatch):
    """Against a plain pass over each whole text, without cache, batch or guesses."""
    found = heard(engine, monkeypatch)
    encode = engine._loaded.tokenizer.encode
    monkeypatch.setattr(engine, "_render", lambda messages: encode(messages[-1].content, add_special_tokens=False))  # nothing shared
    before = engine.stats()
    answers = [engine.submit(ask(f"{number}{REPEATING}", max_new_tokens=30 + number)) for number in range(3)]
    for answer in answers:
        list(answer)
    settle(engine)
    after = engine.stats()
    assert after.proven_tokens < after.guessed_tokens
    assert after.prefix_tokens == before.prefix_tokens
    counted = [[now - then for now, then in zip(*layers, strict=True)] for layers in zip(after.expert_counts, before.expert_counts, strict=True)]
    model = engine._loaded.model
    chosen: list[Counter[int]] = [Counter() for _ in model.model.layers]
    for layer, counter in zip(model.model.layers, chosen, strict=True):
        layer.mlp.gate.register_forward_hook(lambda module, given, told, counter=counter: counter.update(told[2].reshape(-1).tolist()))
    for prompt, made in (found[answer.id] for answer in answers):
        model(torch.tensor([prompt + made[:-1]]))
    assert counted == [[counter[expert] for expert in range(4)] for counter in chosen]


def test_a_cancelled_answer_leaves_nothing_behind(engine):
    for number in range(30):
        answer = engine.submit(ask(REPEATING, max_new_tokens=300))
        for _ in zip(range(number % 4), answer, strict=False):
            pass
        engine.cancel(answer.id)
        list(answer)
    settle(engine)
    list(engine.submit(ask(max_new_tokens=2)))
    settle(engine)
    assert engine.leftovers() == dict.fromkeys(engine.leftovers(), 0)


@pytest.mark.thorough
def test_drawn_answers_have_the_models_own_chances(engine, monkeypatch):
    """Tokens drawn behind right and wrong guesses, against what a plain pass over the text before them says of them."""
    found = heard(engine, monkeypatch)
    list(engine.submit(ask(max_new_tokens=60)))
    prompt = found.popitem()[1][1] * 2  # what the model itself likes to say, so that a guess has a good chance
    monkeypatch.setattr(engine, "_render", lambda _messages: prompt)
    monkeypatch.setitem(SAMPLING, "creative", Sampling(temperature=TEMPERATURE, top_p=1.0))
    torch.manual_seed(11)
    for _ in range(60):
        for answer in [engine.submit(ask(max_new_tokens=8, profile="creative")) for _ in range(2)]:
            list(answer)
    settle(engine)
    stats = engine.stats()
    assert 100 < stats.proven_tokens < stats.guessed_tokens - 100
    pairs = [(tuple(made[:place]), made[place]) for _, made in found.values() for place in range(1, len(made))]
    model, got, expected = engine._loaded.model, 0.0, 0.0
    for before, token in pairs:
        scores = model(torch.tensor([[*prompt, *before]])).logits[0, -1].float() / TEMPERATURE
        best = scores.topk(64).values
        got += float((scores[token] - best.logsumexp(dim=-1)).exp())  # the chance that the drawn token had
        expected += float((best.softmax(dim=-1) ** 2).sum())  # and what that is in the mean, where tokens are drawn by their chances
    assert got == pytest.approx(expected, rel=0.05)


def test_a_model_with_a_sliding_window_does_not_guess(engine, monkeypatch):
    """It has overwritten what a wrong guess pushed out of the window."""
    processor = engine._manager.batch_processor
    allocator = next(iter(processor.cache.cache_allocators.values()))
    assert speculation.speculate(processor, engine._loaded.experts, engine._flow)
    monkeypatch.setattr(type(allocator), "layer_type", "sliding_attention", raising=False)
    monkeypatch.setattr(allocator, "layer_type", "sliding_attention", raising=False)
    assert not speculation.speculate(processor, engine._loaded.experts, engine._flow)
