"""The linear layers of a loaded model in the form that this CPU multiplies fastest: nearly all of an encoder's time is theirs.

oneDNN's own weight order, and bfloat16 products (sums stay in single precision) where the CPU has instructions for them. Chosen by
measurement (BENCHMARKS.md, "Encoder"): torch's int8 was quicker still and too far off (cosine 0.98), ONNX Runtime and OpenVINO were no
quicker for one question. Knows torch's layers; no texts. Whoever changes weights does so before: what is packed is a copy.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

MOST_OFF = 0.02  # of the plain layer's output: several times what bfloat16 costs, far below what a broken kernel gives


class PackedLinear(nn.Module):
    """`nn.Linear` for inference; takes and gives single precision."""

    def __init__(self, plain: nn.Linear, kind: torch.dtype) -> None:
        super().__init__()
        self._kind = kind
        self._weight: Any = torch.ops.mkldnn._reorder_linear_weight(plain.weight.detach().to(kind), None)
        bias: torch.Tensor | None = plain.bias
        self._bias = bias.detach().to(kind) if bias is not None else None

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = torch.ops.mkldnn._linear_pointwise(given.to(self._kind), self._weight, self._bias, "none", [], "")
        return found.to(given.dtype)


def pack_linears(module: nn.Module) -> int:
    """Exchange every linear layer whose packed form gives what the plain one gives; the number that were exchanged."""
    kind = torch.bfloat16 if multiplies_bfloat16() else torch.float32
    exchanged = 0
    for parent in list(module.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is nn.Linear and (packed := _packed(child, kind)) is not None:
                setattr(parent, name, packed)
                exchanged += 1
    return exchanged


def multiplies_bfloat16() -> bool:
    """By instructions of its own; everywhere else bfloat16 is slower than single precision."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


@torch.inference_mode()
def _packed(plain: nn.Linear, kind: torch.dtype) -> PackedLinear | None:
    """None where this build of torch has no such layer, or a wrong one."""
    probe = torch.linspace(-1, 1, 3 * plain.in_features).sin().reshape(3, -1)
    wanted = plain(probe)
    try:
        packed = PackedLinear(plain, kind)
        off = (packed(probe) - wanted).norm() / wanted.norm().clamp_min(1e-6)
    except (RuntimeError, NotImplementedError, AttributeError):
        return None
    return packed if off <= MOST_OFF else None
