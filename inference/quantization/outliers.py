"""Products of int8 weights with rows of one digit, in which the inputs that are larger than the others are shared out to copies.

In transformers the same few channels of a layer's input are large for every token; with one scale a row they cost all others their
precision. They are found by looking once, and get copies of their weights so that no copy has more to carry than the other channels
(outlier channel splitting: Zhao et al. 2019, sections 3.2 and 3.3): a fourteenth more bytes and products at most, where a second digit takes
twice the products. A row in which another channel is large is rounded more coarsely, never cut.

Where a layer's large inputs are others for each token, as behind a gate, copies do not help: what was seen tells, and it keeps two digits.
"""

from __future__ import annotations

from functools import partial
from heapq import heapify, heapreplace
from typing import Any

import torch
from torch import nn

from inference.quantization.experts import is_experts
from inference.quantization.int8 import LEAST, LEVELS, ZERO, Int8Weight

SHARE = 14  # at most one copy for so many inputs,
_BLOCK = 64  # and as many as the kernel would pad them to
MOST_OFF = 0.016  # of a row's length, in 19 of 20 rows: the default model's choices follow where its layers lie below (up to 0.0145 before
# its gates), and do not where those behind the gates lie (from 0.0168)
SEEN = 256  # tokens,
_TOGETHER = 32  # so many of them one behind the other: any model's window holds them


class OneDigitWeight(Int8Weight):
    """One matrix, the columns of its copied inputs once more behind it. `nbytes` leaves out the format, which the experts of a layer share."""

    digits = 1

    def __init__(self, weight: Any, row_format: RowFormat) -> None:
        super().__init__(torch.cat([weight, weight[:, row_format.copies]], dim=1))
        self.inputs = weight.shape[1]
        self._format = row_format

    def _few_times(self, x: Any, out: Any = None) -> Any:
        digits, scales = self._format.quantised(x)
        sums = self._product(digits.to(torch.uint8))
        return torch.mul(sums, scales, out=sums if out is None else out)

    def slow_times(self, x: Any) -> Any:
        """The twin of `times`: the same rounding of the rows, then a plain product."""
        return self._format.rounded(x) @ self.plain().T


class RowFormat:
    """How a row is written, with a column more for each of `copies`: int64, rising, an input again for each further one.

    With n columns for an input each carries an n-th, and they are rounded at n different places: the sum of floor(v / n + (i + 1/2) / n)
    over i < n is v rounded to a whole number (Hermite's identity).
    """

    def __init__(self, inputs: int, copies: Any) -> None:
        self.copies = copies
        further = torch.bincount(copies, minlength=inputs)
        ordinal = torch.arange(len(copies)) - (further.cumsum(0) - further)[copies] + 1  # of a copy among those of its input
        self._parts = 1 / (1 + torch.cat([further, further[copies]]))  # (columns,)
        self._places = (torch.cat([torch.zeros(inputs), ordinal]) + 0.5) * self._parts + ZERO

    def quantised(self, x: Any) -> tuple[Any, Any]:
        """(rows, inputs) → int16 around 128 (rows, columns) and scales (rows, 1) in fp32."""
        shared = torch.cat([x, x.index_select(1, self.copies)], dim=1) * self._parts
        scales = shared.abs().amax(dim=1, keepdim=True).clamp_min_(LEAST).mul_(1 / LEVELS)
        return shared.mul_(scales.reciprocal()).add_(self._places).to(torch.int16), scales  # the cast cuts

    def rounded(self, x: Any) -> Any:
        """(rows, inputs) → what the digits say of it, in fp32."""
        digits, scales = self.quantised(x)
        said, copied = (digits.float() - ZERO).split([x.shape[1], len(self.copies)], dim=1)
        return said.index_add(1, self.copies, copied) * scales


def copies_for(x: Any) -> Any:
    """(rows, inputs) → int64 (copies,), rising: given one after the other to whichever input has most to carry in each of its columns."""
    inputs = x.shape[1]
    carried = x.abs().amax(dim=0).tolist()
    heaviest = [(-load, place, 1) for place, load in enumerate(carried)]  # what a column of this input carries, which input, how many columns
    heapify(heaviest)
    copies = []
    for _ in range((inputs + inputs // SHARE) // _BLOCK * _BLOCK - inputs):
        _, place, columns = heaviest[0]
        heapreplace(heaviest, (-carried[place] / (columns + 1), place, columns + 1))
        copies.append(place)
    return torch.tensor(sorted(copies), dtype=torch.int64)


def find_formats(model: Any) -> dict[str, RowFormat]:
    """How to write what a linear layer or a block of experts is given, by its path: only those for which one digit is enough. `model` is
    still plain."""
    with torch.no_grad():
        seen = _see(model)
        chosen = {path: _choose(module, given) for path, (module, given) in seen.items()}
    return {path: found for path, found in chosen.items() if found is not None}


def _see(model: Any) -> dict[str, tuple[Any, list[Any]]]:
    """What each module was given, in one run over tokens from all over the vocabulary."""
    watched = ((path, module) for path, module in model.named_modules() if type(module) is nn.Linear or is_experts(module))
    seen: dict[str, tuple[Any, list[Any]]] = {path: (module, []) for path, module in watched}
    hooks = [module.register_forward_pre_hook(partial(_keep, given)) for module, given in seen.values()]
    size = model.get_input_embeddings().num_embeddings
    tokens = torch.linspace(0, size - 1, SEEN).long()
    try:
        model(tokens.view(-1, _TOGETHER), use_cache=False)
    finally:
        for hook in hooks:
            hook.remove()
    return seen


def _keep(kept: list[Any], module: Any, given: tuple[Any, ...]) -> None:
    kept.extend(x.reshape(-1, x.shape[-1]) for x in given[:1])


def _choose(module: Any, given: list[Any]) -> RowFormat | None:
    """None where copies do not help enough, nor where nothing was given."""
    if not given:
        return None
    x = torch.cat(given).float()
    copies = copies_for(x)
    if not len(copies):
        return None
    found = RowFormat(x.shape[1], copies)
    weight = module.weight if isinstance(module, nn.Linear) else module.gate_up_proj.flatten(0, 1)
    counts = torch.linalg.vector_norm(weight, dim=0, dtype=torch.float32)  # a large input that moves no output hides no loss
    off = ((found.rounded(x) - x) * counts).norm(dim=1) / (x * counts).norm(dim=1).clamp_min(LEAST)
    return found if float(off.quantile(0.95)) <= MOST_OFF else None
