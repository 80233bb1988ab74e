"""Experts are chosen by DeepSeek-V3's published rules, by the router of the model that is served.

The reference is written from deepseek-ai/DeepSeek-V3, `inference/model.py` (class Gate) and the technical report's section 2.1.2:
one token at a time, with plain numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some

from inference.engine.loading import Loading
from inference.engine.transformers_cb import ContinuousBatchingEngine
from tests.inference.engine.architectures import save_architecture

EXPERTS, GROUPS, BEST_GROUPS, CHOSEN, SCALE, WIDTH = 32, 8, 4, 8, 2.5, 32
V3 = {"n_routed_experts": EXPERTS, "n_group": GROUPS, "topk_group": BEST_GROUPS, "num_experts_per_tok": CHOSEN, "routed_scaling_factor": SCALE}


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[torch.nn.Module]:
    """Of the engine's own model. Its weights pass the first values of a hidden state on as logits."""
    folder: Path = save_architecture(tmp_path_factory.mktemp("routing") / "v3", "deepseek_v3", **V3)
    engine = ContinuousBatchingEngine(folder, slots=1, loading=Loading(threads=1), cache_tokens=256)
    engine.start()
    gate = engine._loaded.model.model.layers[1].mlp.gate
    with torch.no_grad():
        gate.weight.copy_(torch.eye(EXPERTS, WIDTH))
    yield gate
    engine.stop()


def published(logits: list[float], bias: list[float]) -> dict[int, float]:
    """Expert: weight."""
    scores = [1 / (1 + math.exp(-logit)) for logit in logits]
    biased = [score + extra for score, extra in zip(scores, bias, strict=True)]
    size = EXPERTS // GROUPS
    members = [range(group * size, (group + 1) * size) for group in range(GROUPS)]
    worth = [sum(sorted(biased[expert] for expert in group)[-2:]) for group in members]
    allowed = [expert for group in sorted(range(GROUPS), key=lambda group: worth[group])[-BEST_GROUPS:] for expert in members[group]]
    chosen = sorted(allowed, key=lambda expert: biased[expert])[-CHOSEN:]
    total = sum(scores[expert] for expert in chosen)
    return {expert: SCALE * scores[expert] / total for expert in chosen}


def routed(router: torch.nn.Module, logits: list[list[float]], bias: list[float]) -> list[dict[int, float]]:
    with torch.inference_mode():
        router.e_score_correction_bias.copy_(torch.tensor(bias))
        _, weights, experts = router(torch.tensor(logits).unsqueeze(0))
    return [dict(zip(row, values, strict=True)) for row, values in zip(experts.tolist(), weights.tolist(), strict=True)]


def draw(seed: int, tokens: int, spread: float) -> tuple[list[list[float]], list[float]]:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(tokens, EXPERTS, generator=generator).mul(2).tolist(), torch.randn(EXPERTS, generator=generator).mul(spread).tolist()


@settings(deadline=None, max_examples=50)
@given(seed=some.integers(0, 2**31), tokens=some.integers(1, 12), spread=some.sampled_from([0.0, 0.05, 0.5, 3.0]))
def test_it_chooses_and_weighs_as_published(router: torch.nn.Module, seed: int, tokens: int, spread: float) -> None:
    logits, bias = draw(seed, tokens, spread)
    for found, row in zip(routed(router, logits, bias), logits, strict=True):
        expected = published(row, bias)
        assert found.keys() == expected.keys()
        assert found == pytest.approx(expected, rel=1e-4)


@settings(deadline=None, max_examples=50)
@given(seed=some.integers(0, 2**31))
def test_weights_sum_to_the_scale_and_come_from_four_groups_at_most(router: torch.nn.Module, seed: int) -> None:
    for found in routed(router, *draw(seed, 8, 1.0)):
        assert sum(found.values()) == pytest.approx(SCALE, rel=1e-5)
        assert len(found) == CHOSEN
        assert len({expert // (EXPERTS // GROUPS) for expert in found}) <= BEST_GROUPS


def test_the_bias_chooses_but_does_not_weigh(router: torch.nn.Module) -> None:
    logits = [[0.0] * EXPERTS]
    favoured = set(range(0, 8))  # two whole groups; the other two allowed ones are not needed
    bias = [5.0 + number / 10 if number in favoured else -number / 100 for number in range(EXPERTS)]
    (found,) = routed(router, logits, bias)
    assert found.keys() == favoured
    assert list(found.values()) == pytest.approx([SCALE / CHOSEN] * CHOSEN)


def test_a_group_counts_by_its_two_best_and_the_best_expert_of_a_poor_group_stays_out(router: torch.nn.Module) -> None:
    size = EXPERTS // GROUPS
    logits = [[-6.0] * EXPERTS]
    for group in range(BEST_GROUPS):  # two good ones each
        logits[0][group * size] = logits[0][group * size + 1] = 1.0
    logits[0][-1] = 4.0  # the best of all, alone in its group: 0.98 against 2 · 0.73
    (found,) = routed(router, logits, [0.0] * EXPERTS)
    assert found.keys() == {group * size + place for group in range(BEST_GROUPS) for place in (0, 1)}
