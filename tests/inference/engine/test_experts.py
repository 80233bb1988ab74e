"""Expert counts: as many as were chosen, in each layer, by prompts and answers alike."""

from __future__ import annotations

from pathlib import Path

import torch

from inference.engine.loading import Loading, load_model
from inference.monitoring.experts import ExpertCounter


def test_each_token_counts_for_its_experts(random_model: Path) -> None:
    loaded = load_model(random_model, Loading(threads=1))
    chosen: list[torch.Tensor] = []
    for layer in loaded.model.model.layers:
        layer.mlp.gate.register_forward_hook(lambda module, given, told: chosen.append(told[2]))
    with torch.no_grad():
        loaded.model(torch.tensor([[1, 2, 3, 4, 5]]))
    slow = tuple(tuple(int((layer == expert).sum()) for expert in range(4)) for layer in chosen)
    assert loaded.experts.counts() == slow
    assert [sum(layer) for layer in slow] == [10, 10]  # five tokens, two experts each


def test_a_dense_model_has_nothing_to_count() -> None:
    assert ExpertCounter(torch.nn.Linear(2, 2)).counts() == ()
