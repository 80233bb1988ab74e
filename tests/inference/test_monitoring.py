"""What an engine counts, and what is read from it."""

from __future__ import annotations

import pytest
import torch

from inference.contracts import Usage
from inference.engine.loading import Loading
from inference.engine.transformers_cb import ContinuousBatchingEngine
from inference.monitoring.experts import ExpertCounter
from inference.monitoring.flow import Flow, Histogram
from inference.monitoring.load import load_of
from tests.inference.engine.conftest import save
from tests.inference.engine.test_conformance import ask, settle


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory):
    made = ContinuousBatchingEngine(save(tmp_path_factory.mktemp("monitored")), slots=8, loading=Loading(threads=1), cache_tokens=4096)
    made.start()
    yield made
    made.stop()


def brute_force(engine: ContinuousBatchingEngine) -> list[list[int]]:
    """Every choice of every router, one by one, from now on."""
    found: list[list[int]] = []
    for layer in engine._loaded.model.model.layers:
        chosen: list[int] = []
        layer.mlp.gate.register_forward_hook(lambda module, given, told, chosen=chosen: chosen.extend(told[2].reshape(-1).tolist()))
        found.append(chosen)
    return found


def test_experts_are_counted_exactly_under_batching_and_prefix_hits(engine):
    before = engine.stats()
    chosen = brute_force(engine)
    shared = "a long beginning that all of them share, " * 4
    list(engine.submit(ask(shared, max_new_tokens=4)))
    answers = [engine.submit(ask(f"{shared} {number}", max_new_tokens=8 + number)) for number in range(6)]
    for answer in answers:
        list(answer)
    settle(engine)
    after = engine.stats()
    slow = [[layer.count(expert) for expert in range(4)] for layer in chosen]
    fast = [[now - then for now, then in zip(*layers, strict=True)] for layers in zip(after.expert_counts, before.expert_counts, strict=True)]
    assert fast == slow
    # Each prompt token that was not in the cache and each new one but an answer's last; two experts each.
    prompts, found = after.prompt_tokens - before.prompt_tokens, after.prefix_tokens - before.prefix_tokens
    made = after.tokens_generated - before.tokens_generated
    assert found > 0
    assert sum(slow[0]) == 2 * (prompts - found + made - 7)


def test_steps_waits_and_ends_are_counted(engine):
    before = engine.stats()
    answers = [engine.submit(ask(str(number), max_new_tokens=200)) for number in range(4)]
    engine.cancel(answers[0].id)
    for answer in answers:
        list(answer)
    settle(engine)
    after = engine.stats()
    assert after.finishes["cancelled"] - before.finishes.get("cancelled", 0) == 1
    assert after.finishes["length"] - before.finishes.get("length", 0) == 3
    assert sum(after.spreads["first_token_s"].counts) - sum(before.spreads["first_token_s"].counts) >= 3
    assert all(answer.usage.queue_ms < (answer.usage.first_token_ms or 1e9) for answer in answers[1:])
    steps = sum(after.spreads["batch"].counts) - sum(before.spreads["batch"].counts)
    shares = after.spreads["batch"].total - before.spreads["batch"].total
    assert steps < shares
    assert 600 <= shares + after.proven_tokens - before.proven_tokens < 800  # each answer's step makes a token and what was guessed right


def test_the_cache_is_held_while_an_answer_runs_and_free_after_it(engine):
    answer = engine.submit(ask("x" * 100, max_new_tokens=400))
    pieces = iter(answer)
    next(pieces)
    held = engine.stats().cache_used
    engine.cancel(answer.id)
    list(pieces)
    list(engine.submit(ask(max_new_tokens=2)))
    settle(engine)
    assert (held >= 100, engine.stats().cache_used, engine.stats().cache_tokens) == (True, 0, 4096)


def test_padding_is_not_counted() -> None:
    model, block = torch.nn.Module(), torch.nn.Module()
    model.mlp, block.experts = block, torch.nn.Linear(2, 2)
    block.experts.num_experts = 4
    block.experts.forward = lambda hidden, indices: hidden
    counter = ExpertCounter(model)
    indices = torch.tensor([[0, 1], [1, 2], [3, 3]])
    block.experts(torch.zeros(3, 2), indices)
    counter.expect(2)
    block.experts(torch.zeros(3, 2), indices)
    assert counter.counts() == ((2, 4, 2, 2),)


def test_an_answer_without_a_word_has_no_first_token() -> None:
    flow = Flow()
    flow.ended("deadline", Usage(queue_ms=100.0))
    flow.ended("stop", Usage(new_tokens=3, queue_ms=50.0, first_token_ms=200.0, total_ms=400.0))
    stats = flow.stats([], 0)
    assert (stats.answers, stats.finishes) == (2, {"deadline": 1, "stop": 1})
    assert (sum(stats.spreads["queue_s"].counts), sum(stats.spreads["first_token_s"].counts)) == (2, 1)
    assert stats.spreads["token_s"].total == pytest.approx(0.1)


def test_a_value_on_a_bound_lies_below_it() -> None:
    histogram = Histogram((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 2.0, 9.0):
        histogram.add(value)
    assert (histogram.read().counts, histogram.read().total) == ((2, 2, 1), 14.0)


@pytest.mark.parametrize(
    ("counts", "entropy", "peak", "dead"),
    [([5, 5, 5, 5], 1.0, 1.0, ()), ([8, 0, 0, 0], 0.0, 4.0, (1, 2, 3)), ([0, 0], 0.0, 0.0, ()), ([7], 1.0, 1.0, ()), ([], 0.0, 0.0, ())],
)
def test_how_evenly_experts_work(counts, entropy, peak, dead) -> None:
    load = load_of(counts)
    assert (load.entropy, load.peak, load.dead) == (pytest.approx(entropy), pytest.approx(peak), dead)
