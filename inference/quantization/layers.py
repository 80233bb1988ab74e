"""Linear layers on quantised weights. Layers that read the same input share one product: query, key and value; gate and up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import nn


class Weight(Protocol):
    """A matrix that multiplies rows from the right: (rows, inputs) → (rows, outputs) in fp32."""

    outputs: int
    inputs: int

    @property
    def nbytes(self) -> int: ...

    def times(self, x: Any) -> Any: ...

    def slow_times(self, x: Any) -> Any: ...


class QuantisedLinear(nn.Module):
    """As `nn.Linear`, but the weight is gone: it cannot be trained or adapted."""

    def __init__(self, weight: Weight, bias: Any) -> None:
        super().__init__()
        self.in_features, self.out_features = weight.inputs, weight.outputs
        self.quantised = weight
        self._bias = None if bias is None else bias.detach().float()

    def forward(self, x: Any) -> Any:  # (..., in_features) → (..., out_features)
        return self._product(x).to(x.dtype)

    def _product(self, x: Any) -> Any:
        y = self.quantised.times(x.reshape(-1, self.in_features))
        if self._bias is not None:
            y += self._bias
        return y.view(*x.shape[:-1], self.out_features)


class QuantisedHead(QuantisedLinear):
    """The scores of all words, in fp32: tokens are chosen in it, and to round each score and widen it again takes as long as to choose."""

    def forward(self, x: Any) -> Any:  # (..., in_features) → (..., out_features) in fp32
        return self._product(x)


class SmallLinear(nn.Module):
    """A few outputs in full precision: oneDNN's bf16 product of one row with one column takes ten times as long to prepare as to do."""

    def __init__(self, plain: nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features = plain.in_features, plain.out_features
        self.columns = plain.weight.detach().float().T.contiguous()  # (in_features, out_features)
        bias: Any = plain.bias  # typed as always there
        self._bias = 0 if bias is None else bias.detach().float()

    def forward(self, x: Any) -> Any:  # (..., in_features) → (..., out_features)
        return (x.float() @ self.columns + self._bias).to(x.dtype)


class Together:
    """One product for several layers that are given the very same tensor, one after the other, always in this order."""

    def __init__(self, whole: QuantisedLinear, sizes: Sequence[int]) -> None:
        self.whole = whole
        self._sizes = list(sizes)
        self._given: Any = None
        self._parts: Sequence[Any] = ()

    def part(self, number: int, x: Any) -> Any:
        if x is not self._given:
            self._given, self._parts = x, self.whole.forward(x).split(self._sizes, dim=-1)
        part = self._parts[number]
        if number == len(self._sizes) - 1:
            self._given, self._parts = None, ()
        return part


class PartOf(nn.Module):
    """One of the layers of a `Together`; the first of them owns its bytes."""

    def __init__(self, together: Together, number: int, size: int) -> None:
        super().__init__()
        self.in_features, self.out_features = together.whole.in_features, size
        self.together = together
        self._number = number

    def forward(self, x: Any) -> Any:  # (..., in_features) → (..., out_features)
        return self.together.part(self._number, x)

    @property
    def nbytes(self) -> int:
        return self.together.whole.quantised.nbytes if self._number == 0 else 0


def join(layers: Sequence[nn.Linear]) -> tuple[Any, Any]:
    """Weight and bias of layers below each other; a layer without a bias gets one of zeros where another has one."""
    weight = torch.cat([layer.weight.detach() for layer in layers])
    biases: list[Any] = [layer.bias for layer in layers]
    if not any(bias is not None for bias in biases):
        return weight, None
    zeros = (weight.new_zeros(layer.out_features) for layer in layers)
    return weight, torch.cat([zero if bias is None else bias.detach() for bias, zero in zip(biases, zeros, strict=True)])
