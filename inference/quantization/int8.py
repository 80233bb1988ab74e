"""Products of int8 weights with rows of int8 digits, of two here: eight bits for each weight, with one scale for each output channel.

A row is scaled by its own largest value and written as two digits of 8 bits, the second 254 times finer; both are multiplied
exactly in 32-bit integers by oneDNN's VNNI kernel and scaled back. So a row's result depends on nothing but the row: neither on
who shares the batch nor on how a prompt was split. One digit alone (dynamic per-token W8A8 as in ZeroQuant, Yao et al. 2022,
section 3.2) moved every eighth to twelfth choice of the default model, whose activations have large outliers; the second costs
nothing where the weights' way from memory is the cost, up to about 8 rows, and as much as bf16 for a prompt's hundreds. Where the
same few inputs outlie the others, `outliers.py` does with little more than one.
"""

from __future__ import annotations

from typing import Any

import torch

LEVELS = 127
FINER = 2 * LEVELS
ZERO = 128  # oneDNN's fast kernel wants unsigned rows
LEAST = 1e-12  # the scale of a row or channel of zeros
_PRODUCT = 31 << 20  # bytes: from 32 MB on the C library fetches a result from the system anew each time, page by page


def quantise_channels(weight: Any) -> tuple[Any, Any]:
    """(outputs, inputs) → int8 of the same shape and scales (outputs,) in fp32: the largest value of a channel becomes 127."""
    weight = weight.detach().float()
    scales = weight.abs().amax(dim=1).clamp_min(LEAST) / LEVELS
    return torch.round(weight / scales[:, None]).to(torch.int8), scales


def quantise_rows(x: Any) -> tuple[Any, Any]:
    """(rows, inputs) → uint8 (2 × rows, inputs), the coarse digits of all rows, then the fine ones, and scales (rows, 1) in fp32.

    A value is (coarse - 128 + (fine - 128) / 254) × scale.
    """
    scales = x.abs().amax(dim=1, keepdim=True).float().clamp_min_(LEAST).mul_(1 / LEVELS)
    raised = torch.mul(x.float(), scales.reciprocal()).add_(ZERO + 0.5)
    digits = torch.empty(2 * len(x), x.shape[1], dtype=torch.int16)  # torch casts floats to it five times as fast as to uint8
    digits[: len(x)] = raised  # the cast cuts
    digits[len(x) :] = raised.frac_().mul_(FINER).add_(1.5)  # (fraction - 1/2) × 254 + 128 + 1/2
    return digits.to(torch.uint8), scales


class Int8Weight:
    """One matrix in the order that the kernel reads. `nbytes` is what it occupies, scales and padding included."""

    digits = 2  # of a row

    def __init__(self, weight: Any) -> None:
        quantised, self._scales = quantise_channels(weight)
        self.outputs, self._columns = quantised.shape
        self.inputs = self._columns
        self._packed = torch.ops.onednn.qlinear_prepack(quantised, None)
        self._zeros = torch.zeros(1, dtype=torch.int64).expand(self.outputs)
        self._rows = max(1, _PRODUCT // (4 * self.digits * self.outputs))  # four bytes for each sum

    @property
    def nbytes(self) -> int:
        return int(torch.ops.mkldnn._nbytes(self._packed)) + int(self._scales.nbytes)

    def times(self, x: Any) -> Any:
        """(rows, inputs) → (rows, outputs) in fp32."""
        x = x.detach()
        if len(x) <= self._rows:
            return self._few_times(x)
        out = torch.empty(len(x), self.outputs)
        for few, place in zip(torch.split(x, self._rows), torch.split(out, self._rows), strict=True):
            self._few_times(few, place)
        return out

    def _few_times(self, x: Any, out: Any = None) -> Any:
        digits, scales = quantise_rows(x)
        coarse, fine = self._product(digits).view(2, len(x), self.outputs).unbind()
        return torch.mul(coarse.add_(fine, alpha=1 / FINER), scales, out=coarse if out is None else out)

    def plain(self) -> Any:
        """(outputs, inputs) in fp32: what the weight has become. Only to compare with; it costs a product."""
        return self._product(torch.eye(self.inputs, self._columns).add_(ZERO).to(torch.uint8)).T

    def slow_times(self, x: Any) -> Any:
        """The twin of `times`: the same rounding of the rows, then a plain product."""
        digits, scales = quantise_rows(x)
        coarse, fine = (digits.float() - ZERO).split(len(x))
        return (coarse + fine / FINER) * scales @ self.plain().T

    def _product(self, digits: Any) -> Any:
        """uint8 around 128 (rows, inputs) → (rows, outputs) in fp32, exact but for the weights' own rounding."""
        return torch.ops.onednn.qlinear_pointwise.default(
            digits, 1.0, ZERO, self._packed, self._scales, self._zeros, None, 1.0, 0, torch.float32, "none", [], ""
        )


def can_multiply() -> bool:
    """A processor with VNNI and a torch with oneDNN; elsewhere the products would be right but hundreds of times slower."""
    return bool(torch.backends.mkldnn.is_available() and torch.cpu._is_vnni_supported())  # type: ignore[no-untyped-call]
