"""Routed experts on quantised weights, in the place of transformers' fused 3-D parameters: same call, same routing.

Where all experts of a layer together are small, one product goes through all of them and the weights of those that were not
chosen are zero: on two cores that is sooner than to pick out rows expert by expert. Otherwise only hit experts are visited.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from inference.quantization.layers import Weight

SMALL = 2 << 20  # weights of a layer's experts, all together
_UNKNOWN = ("has_bias", "is_transposed", "has_post_expert_norm")

Make = Callable[[Any], Weight]  # (outputs, inputs) → a quantised weight


class CannotQuantise(RuntimeError):
    """Names the block and what is strange about it."""


def is_experts(module: Any) -> bool:
    """Fused ones, all experts of a layer in one parameter."""
    return isinstance(getattr(module, "down_proj", None), nn.Parameter)


def demand_known(block: Any) -> None:
    """Fused gate and up, one after the other, and no bias: Qwen2-MoE, Qwen3-MoE, DeepSeek-V2 and V3, OLMoE and their kin."""
    strange = [name for name in _UNKNOWN if getattr(block, name, False)]
    strange += [name for name in ("is_concatenated", "has_gate") if not getattr(block, name, True)]
    if strange or not all(hasattr(block, name) for name in ("gate_up_proj", "down_proj", "_apply_gate")):
        what = ", ".join(strange) or "no gate_up_proj"
        raise CannotQuantise(f"the experts of {type(block).__name__} are of a form that is not known here ({what})")


class QuantisedExperts(nn.Module):
    """What both forms share: `experts(hidden, indices, weights)` as transformers calls it; the counter listens on the call."""

    num_bytes: int

    def __init__(self, plain: Any) -> None:
        super().__init__()
        demand_known(plain)
        self.num_experts = int(plain.num_experts)
        self.num_weights = plain.gate_up_proj.numel() + plain.down_proj.numel()
        self.act_fn = plain.act_fn
        self._apply_gate = type(plain)._apply_gate.__get__(self)  # (rows, 2 × width) → (rows, width), the model's own

    def forward(self, hidden: Any, indices: Any, weights: Any) -> Any:  # (tokens, hidden), (tokens, active) twice → (tokens, hidden)
        raise NotImplementedError("say how the experts are multiplied")


class AllAtOnce(QuantisedExperts):
    """One product for gate and up of all experts, one for down."""

    def __init__(self, plain: Any, make_up: Make, make_down: Make) -> None:
        super().__init__(plain)
        up, down = plain.gate_up_proj.detach(), plain.down_proj.detach()  # (experts, 2 × width, hidden), (experts, hidden, width)
        self.up, self.down = make_up(up.flatten(0, 1)), make_down(down.transpose(0, 1).flatten(1))
        self.num_bytes = self.up.nbytes + self.down.nbytes

    def forward(self, hidden: Any, indices: Any, weights: Any) -> Any:
        shares = torch.zeros(len(hidden), self.num_experts, 1).scatter_(1, indices.unsqueeze(-1), weights.float().unsqueeze(-1))
        inner = self._apply_gate(self.up.times(hidden).view(len(hidden), self.num_experts, -1))  # (tokens, experts, width)
        return self.down.times((inner * shares).flatten(1)).to(hidden.dtype)


class OneByOne(QuantisedExperts):
    """Two products for each expert that was hit, over its own tokens."""

    def __init__(self, plain: Any, make_up: Make, make_down: Make) -> None:
        super().__init__(plain)
        self.up = [make_up(weight) for weight in plain.gate_up_proj.detach()]
        self.down = [make_down(weight) for weight in plain.down_proj.detach()]
        self.num_bytes = sum(weight.nbytes for weight in (*self.up, *self.down))

    def forward(self, hidden: Any, indices: Any, weights: Any) -> Any:
        out = torch.zeros(hidden.shape, dtype=torch.float32)
        for expert in torch.unique(indices).tolist():
            tokens, places = torch.where(indices == expert)
            inner = self._apply_gate(self.up[expert].times(hidden[tokens]))
            out.index_add_(0, tokens, self.down[expert].times(inner) * weights[tokens, places, None])
        return out.to(hidden.dtype)


def quantised(plain: Any, make_up: Make, make_down: Make) -> QuantisedExperts:
    """The form that suits the block's size."""
    is_small = plain.gate_up_proj.numel() + plain.down_proj.numel() <= SMALL
    return (AllAtOnce if is_small else OneByOne)(plain, make_up, make_down)
