"""Four bits for each weight: groups of inputs with a scale and an offset each; the rows stay bf16.

Torch's kernel unpacks while it multiplies, which costs a processor more than reading eight bits does: four bits save memory, not
time, and a long prompt takes two to three times as long as in int8. Round to nearest, no calibration.
"""

from __future__ import annotations

from typing import Any

import torch

GROUPS = (32, 64, 128)
GROUP = 32
_LEVELS = 15
_MIDDLE = 8  # the kernel's value is (code - 8) * scale + offset
_LEAST = 1e-12


def fits(weight: Any, group: int = GROUP) -> bool:
    """The kernel takes whole groups and outputs in sixteens."""
    outputs, inputs = weight.shape
    return bool(inputs % group == 0 and outputs % 16 == 0)


class Int4Weight:
    """One matrix, packed. `nbytes` is what it occupies, scales included."""

    def __init__(self, weight: Any, group: int = GROUP) -> None:
        if group not in GROUPS or not fits(weight, group):
            raise ValueError(f"weight: {tuple(weight.shape)} cannot be cut into groups of {group}")
        self.outputs, self.inputs = weight.shape
        self._group = group
        codes, self._scales = _quantise(weight, group)
        self._packed = torch.ops.aten._convert_weight_to_int4pack_for_cpu(codes, 1)

    @property
    def nbytes(self) -> int:
        return int(self._packed.nbytes) + int(self._scales.nbytes)

    def times(self, x: Any) -> Any:
        """(rows, inputs) → (rows, outputs) in fp32."""
        return torch.ops.aten._weight_int4pack_mm_for_cpu(x.to(torch.bfloat16), self._packed, self._group, self._scales).float()

    def plain(self) -> Any:
        """(outputs, inputs) in fp32: what the weight has become. Only to compare with; it costs a product."""
        return self.times(torch.eye(self.inputs)).T

    def slow_times(self, x: Any) -> Any:
        """The twin of `times`."""
        return x.to(torch.bfloat16).float() @ self.plain().T


def _quantise(weight: Any, group: int) -> tuple[Any, Any]:
    """Codes 0 to 15 as int32 (outputs, inputs) and, as the kernel wants them, scale and offset (groups, outputs, 2) in bf16."""
    parts = weight.detach().float().reshape(weight.shape[0], -1, group)
    low, high = parts.amin(dim=-1, keepdim=True), parts.amax(dim=-1, keepdim=True)
    scale = ((high - low) / _LEVELS).clamp_min(_LEAST).to(torch.bfloat16).float()
    offset = (low + _MIDDLE * scale).to(torch.bfloat16).float()
    codes = torch.round((parts - offset) / scale + _MIDDLE).clamp(0, _LEVELS).to(torch.int32)
    pairs = torch.cat([scale, offset], dim=-1)  # (outputs, groups, 2)
    return codes.reshape(weight.shape), pairs.transpose(0, 1).contiguous().to(torch.bfloat16)
