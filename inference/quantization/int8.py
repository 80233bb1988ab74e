"""Products of int8 weights with int8 rows: eight bits for each weight, with one scale for each output channel.

A row is scaled by its own largest value, rounded to 8 bits, multiplied exactly in 32-bit integers by oneDNN's VNNI kernel
and scaled back. So a row's result depends on nothing but the row: neither on who shares the batch nor on how a prompt was
split. On this kernel one row costs no more than its weights cost to read, and 300 rows two thirds of bf16: no other row
count needs a second path. (Dynamic per-token W8A8 as in ZeroQuant, Yao et al. 2022, section 3.2.)
"""

from __future__ import annotations

from typing import Any

import torch

LEVELS = 127
ZERO = 128  # oneDNN's fast kernel wants unsigned rows
_LEAST = 1e-12  # the scale of a row or channel of zeros
_HALF = torch.tensor(ZERO + 0.5)  # a cast cuts: with the half it rounds


def quantise_channels(weight: Any) -> tuple[Any, Any]:
    """(outputs, inputs) → int8 of the same shape and scales (outputs,) in fp32: the largest value of a channel becomes 127."""
    weight = weight.detach().float()
    scales = weight.abs().amax(dim=1).clamp_min(_LEAST) / LEVELS
    return torch.round(weight / scales[:, None]).to(torch.int8), scales


def quantise_rows(x: Any) -> tuple[Any, Any]:
    """(rows, inputs) → uint8 around 128, and scales (rows, 1) in fp32."""
    scales = x.abs().amax(dim=1, keepdim=True).float().clamp_min_(_LEAST).mul_(1 / LEVELS)
    return torch.addcdiv(_HALF, x.float(), scales).to(torch.uint8), scales


class Int8Weight:
    """One matrix in the order that the kernel reads. `nbytes` is what it occupies, scales and padding included."""

    def __init__(self, weight: Any) -> None:
        quantised, self._scales = quantise_channels(weight)
        self.outputs, self.inputs = quantised.shape
        self._packed = torch.ops.onednn.qlinear_prepack(quantised, None)
        self._zeros = torch.zeros(1, dtype=torch.int64).expand(self.outputs)

    @property
    def nbytes(self) -> int:
        return int(torch.ops.mkldnn._nbytes(self._packed)) + int(self._scales.nbytes)

    def times(self, x: Any) -> Any:
        """(rows, inputs) → (rows, outputs) in fp32."""
        return self._product(*quantise_rows(x))

    def plain(self) -> Any:
        """(outputs, inputs) in fp32: what the weight has become. Only to compare with; it costs a product."""
        unit = torch.eye(self.inputs).mul_(LEVELS).add_(ZERO).to(torch.uint8)
        return self._product(unit, torch.tensor(1 / LEVELS)).T

    def slow_times(self, x: Any) -> Any:
        """The twin of `times`: the same rounding of the rows, then a plain product."""
        rows, scales = quantise_rows(x)
        return ((rows.float() - ZERO) * scales) @ self.plain().T

    def _product(self, rows: Any, scales: Any) -> Any:
        exact = torch.ops.onednn.qlinear_pointwise.default(
            rows, 1.0, ZERO, self._packed, self._scales, self._zeros, None, 1.0, 0, torch.float32, "none", [], ""
        )
        return exact.mul_(scales)


def can_multiply() -> bool:
    """A processor with VNNI and a torch with oneDNN; elsewhere the products would be right but hundreds of times slower."""
    return bool(torch.backends.mkldnn.is_available() and torch.cpu._is_vnni_supported())  # type: ignore[no-untyped-call]
