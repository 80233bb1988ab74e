"""A mixture made of a dense model says exactly what the dense model says (fp32)."""

from __future__ import annotations

import numpy as np
import pytest

from inference.catalogue.encoder import _BLOCK, unpack
from inference.catalogue.upcycle import CannotUpcycle, Experts, add_experts


def tiny_dense(kind: str = "qwen2"):
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(3)
    sizes = {"vocab_size": 97, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2}
    model = Qwen2ForCausalLM(Qwen2Config(**sizes)) if kind == "qwen2" else LlamaForCausalLM(LlamaConfig(**sizes))
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(4)
    return model.eval()


@pytest.mark.parametrize("experts", [Experts(8, 2, 16), Experts(4, 4, 8), Experts(1, 1, 8)])
def test_the_mixture_equals_the_dense_model_at_birth(experts: Experts) -> None:
    import torch

    dense = tiny_dense()
    ids = torch.randint(0, 97, (4, 23), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        expected = dense(ids).logits
        mixture = add_experts(dense, experts)
        found = mixture(ids).logits
    assert torch.allclose(found, expected, atol=1e-5, rtol=1e-5)
    assert torch.equal(found.argmax(-1), expected.argmax(-1))
    assert mixture.config.num_experts == experts.number


def test_training_reaches_the_experts() -> None:
    import torch

    mixture = add_experts(tiny_dense(), Experts(4, 2, 8)).train()
    ids = torch.arange(24).reshape(2, 12)
    mixture(ids, labels=ids).loss.backward()
    assert mixture.model.layers[0].mlp.experts.down_proj.grad.abs().sum() > 0


def test_the_same_dense_model_gives_the_same_mixture() -> None:
    one, other = (add_experts(tiny_dense(), Experts(4, 2, 8)).state_dict() for _ in range(2))
    assert all((one[name] == other[name]).all() for name in one)


def test_another_family_is_refused_by_name() -> None:
    with pytest.raises(CannotUpcycle, match="llama"):
        add_experts(tiny_dense("llama"), Experts())


def test_impossible_experts_are_refused() -> None:
    with pytest.raises(CannotUpcycle):
        Experts(number=2, active=3)


def test_a_block_of_nibbles_is_unpacked_low_half_first() -> None:
    block = np.zeros(1, dtype=_BLOCK)
    block["scale"] = 0.5
    block["nibbles"][0] = np.arange(16) | (np.arange(15, -1, -1) << 4)
    expected = np.concatenate([np.arange(16) - 8, np.arange(15, -1, -1) - 8]) * 0.5
    assert unpack(block)[0].tolist() == expected.tolist()
