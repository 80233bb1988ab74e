"""The bytes that weights really occupy, and whether a claimed precision is true.

`load_in_4bit` of other libraries skips fused experts without a word; so a claim is counted, experts apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import nn

from inference.engine.packed import PackedLinear
from inference.quantization.experts import QuantisedExperts
from inference.quantization.layers import PartOf, QuantisedLinear, SmallLinear

LIMITS = {"int8": 0.55, "int4": 0.32}  # of what bf16 would occupy
_BF16 = 2


class ClaimBroken(RuntimeError):
    """Says how many bytes were found and how many were claimed."""


@dataclass(frozen=True, slots=True)
class Counted:
    """`bytes` as they lie in memory, packed buffers and scales included, and how many `weights` they stand for."""

    bytes: int = 0
    weights: int = 0

    @property
    def share(self) -> float:
        """Of what bf16 would occupy; nothing to count is no broken claim."""
        return self.bytes / (_BF16 * self.weights) if self.weights else 0.0

    def __add__(self, other: Counted) -> Counted:
        return Counted(self.bytes + other.bytes, self.weights + other.weights)


def count(model: Any) -> tuple[Counted, Counted]:
    """Linear layers, routed experts. Embeddings, norms and routers are neither."""
    linears = experts = Counted()
    for module in model.modules():
        if isinstance(module, QuantisedExperts):
            experts += Counted(module.num_bytes, module.num_weights)
        elif isinstance(getattr(module, "gate_up_proj", None), nn.Parameter):
            fused = (module.gate_up_proj, module.down_proj)
            experts += Counted(sum(weight.nbytes for weight in fused), sum(weight.numel() for weight in fused))
        else:
            linears += _linear(module)
    return linears, experts


def _linear(module: Any) -> Counted:
    weights = getattr(module, "in_features", 0) * getattr(module, "out_features", 0)
    if isinstance(module, QuantisedLinear):
        return Counted(module.quantised.nbytes, weights)
    if isinstance(module, SmallLinear):
        return Counted(module.columns.nbytes, weights)
    if isinstance(module, PartOf):
        return Counted(module.nbytes, weights)
    if isinstance(module, PackedLinear):
        return Counted(_BF16 * weights, weights)
    if isinstance(module, nn.Linear):
        return Counted(module.weight.nbytes, weights)
    return Counted()


def demand_true(model: Any, bits: str) -> str:
    """What was counted, for people; raises `ClaimBroken` where linear layers or experts occupy more than `bits` allows."""
    limit = LIMITS[bits]
    linears, experts = count(model)
    for what, counted in (("linear layers", linears), ("experts", experts), ("weights", linears + experts)):
        if counted.share > limit:
            raise ClaimBroken(
                f"{bits} is not true: {what} occupy {counted.bytes} bytes, {counted.share:.2f} of bf16; at most {limit} may be claimed"
            )
    return described(linears, experts)


def described(linears: Counted, experts: Counted) -> str:
    def of(counted: Counted) -> str:
        return f"{counted.bytes / 1e6:.1f} MB ({counted.share:.2f} of bf16)"

    return f"linear layers {of(linears)}" + (f", experts {of(experts)}" if experts.weights else "")
