"""Linear layers whose weights lie in the order that the processor's matrix kernels read: the same numbers, sooner.

oneDNN reorders a plain bf16 weight on every call; on two cores that is a third to a half of a token's time. Reordered
once, each product is the same to the bit (the plain layer is the slow twin; a test keeps them equal). Knows torch's
modules; nothing of models or engines. The operators are the ones that torch's own compiler uses when it freezes a model.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class PackedLinear(nn.Module):
    """`weight` is opaque: only `unpacked` gives it back. For inference on a CPU."""

    def __init__(self, plain: nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features = plain.in_features, plain.out_features
        self.bias = plain.bias
        self._packed = torch.ops.mkldnn._reorder_linear_weight(plain.weight.detach(), None)

    def forward(self, x: Any) -> Any:  # (..., in_features) → (..., out_features)
        return torch.ops.mkldnn._linear_pointwise(x, self._packed, self.bias, "none", [], "")

    def unpacked(self) -> nn.Linear:
        plain = nn.Linear(self.in_features, self.out_features, bias=False, device="meta")
        plain.weight = nn.Parameter(self._packed.to_dense(), requires_grad=False)
        plain.bias = self.bias
        return plain


def can_pack(model: Any) -> bool:
    """A bf16 model on a CPU whose torch brings oneDNN."""
    parameter = next(model.parameters())
    return bool(parameter.device.type == "cpu" and parameter.dtype == torch.bfloat16 and torch.backends.mkldnn.is_available())  # type: ignore[no-untyped-call]


def pack(model: Any) -> int:
    """Replaces every plain linear layer, one after the other: no second copy of the model. The number of layers."""
    return _replace(model, nn.Linear, PackedLinear) if can_pack(model) else 0


def unpack(model: Any) -> int:
    """Plain layers again, as adapters need them."""
    return _replace(model, PackedLinear, PackedLinear.unpacked)


def _replace(model: Any, kind: type[nn.Module], make: Any) -> int:
    found = [(parent, name, child) for parent in model.modules() for name, child in parent.named_children() if type(child) is kind]
    for parent, name, child in found:
        setattr(parent, name, make(child))
    return len(found)
