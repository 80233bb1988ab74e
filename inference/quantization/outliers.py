"""Products of int8 weights with rows of one digit, in which the inputs that are larger than the others are shared out to copies.

In transformers the same few channels of a layer's input are large for every token; with one scale a row they cost all others their
precision. They are found by looking once, and get copies of their weights so that no copy has more to carry than the other channels
(outlier channel splitting: Zhao et al. 2019, sections 3.2 and 3.3): a twelfth more bytes and products at most, where a second digit takes
twice the products. A row in which another channel is large is rounded more coarsely, never cut.

Where a layer's large inputs are others for each token, as behind a gate, copies do not help: what was seen tells, and it keeps two digits.
"""

from __future__ import annotations

from heapq import heapify, heapreplace
from typing import Any

import torch
from torch import nn

from inference.quantization.int8 import LEAST, LEVELS, ZERO, Int8Weight

SHARE = 12  # at most one copy for so many inputs,
_BLOCK = 64  # and as many as the kernel pads them to; a layer with fewer inputs than both together keeps two digits
MOST_NOISE = 0.012  # of a row's length; the default model's choices follow up to there and behind its gates (0.012 to 0.023) do not
SEEN = 256  # tokens

Copies = dict[str, Any]  # a module's path → the inputs that get a copy, again for each further one: int64 (copies,), rising


class OneDigitWeight(Int8Weight):
    """One matrix, the columns of `copies` once more behind it."""

    digits = 1

    def __init__(self, weight: Any, copies: Any) -> None:
        super().__init__(torch.cat([weight, weight[:, copies]], dim=1))
        self.inputs = weight.shape[1]
        self._rows_in = Rows(self.inputs, copies)

    def _few_times(self, x: Any, out: Any = None) -> Any:
        digits, scales = self._rows_in.quantised(x)
        sums = self._product(digits.to(torch.uint8))
        return torch.mul(sums, scales, out=sums if out is None else out)

    def slow_times(self, x: Any) -> Any:
        """The twin of `times`: the same rounding of the rows, then a plain product."""
        return self._rows_in.rounded(x) @ self.plain().T


class Rows:
    """How a row is written. With n columns for an input each carries an n-th, and they are rounded at n different places: the sum of
    floor(v / n + (i + 1/2) / n) over i < n is v rounded to a whole number (Hermite's identity)."""

    def __init__(self, inputs: int, copies: Any) -> None:
        self._copies = copies
        self._columns = torch.cat([torch.arange(inputs), copies])
        further = torch.bincount(copies, minlength=inputs)
        ordinal = torch.arange(len(copies)) - (further.cumsum(0) - further)[copies] + 1  # of a copy among those of its input
        number = torch.cat([torch.zeros(inputs), ordinal])
        self._parts = 1 / (1 + further[self._columns])  # (columns,)
        self._places = (number + 0.5) * self._parts + ZERO

    def quantised(self, x: Any) -> tuple[Any, Any]:
        """(rows, inputs) → int16 around 128 (rows, columns) and scales (rows, 1) in fp32."""
        shared = torch.cat([x, x.index_select(1, self._copies)], dim=1) * self._parts
        scales = shared.abs().amax(dim=1, keepdim=True).clamp_min_(LEAST).mul_(1 / LEVELS)
        return shared.mul_(scales.reciprocal()).add_(self._places).to(torch.int16), scales  # the cast cuts

    def rounded(self, x: Any) -> Any:
        """(rows, inputs) → what the digits say of it, in fp32."""
        digits, scales = self.quantised(x)
        return torch.zeros(x.shape).index_add_(1, self._columns, digits.float() - ZERO) * scales


def find_copies(model: Any) -> Copies:
    """For each linear layer and each block of experts for which one digit is enough, by what it is given in one run over tokens from all
    over the vocabulary. `model` is still plain."""
    found: Copies = {}
    watched = [(path, module) for path, module in model.named_modules() if type(module) is nn.Linear or path.endswith(".experts")]
    hooks = [module.register_forward_pre_hook(_watcher(found, path)) for path, module in watched]
    size = model.get_input_embeddings().num_embeddings
    tokens = torch.arange(0, size, max(1, size // SEEN))[:SEEN]
    try:
        with torch.no_grad():
            model(tokens.unsqueeze(0), use_cache=False)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def copies_for(rows: Any) -> Any:
    """(rows, inputs) → int64 (copies,), rising: given one after the other to whichever input has most to carry in each of its columns."""
    carried = rows.abs().amax(dim=0).tolist()
    heaviest = [(-load, place, 1) for place, load in enumerate(carried)]  # what a column of this input carries, which input, how many columns
    heapify(heaviest)
    copies = []
    for _ in range(len(carried) // SHARE // _BLOCK * _BLOCK):
        _, place, columns = heaviest[0]
        heapreplace(heaviest, (-carried[place] / (columns + 1), place, columns + 1))
        copies.append(place)
    return torch.tensor(sorted(copies), dtype=torch.int64)


def _watcher(found: Copies, path: str) -> Any:
    def watch(module: Any, given: tuple[Any, ...]) -> None:
        rows = given[0].reshape(-1, given[0].shape[-1]).float()
        copies = copies_for(rows)
        if not len(copies):
            return
        off = (Rows(rows.shape[1], copies).rounded(rows) - rows).norm(dim=1) / rows.norm(dim=1).clamp_min(LEAST)
        if float(off.mean()) <= MOST_NOISE:
            found[path] = copies

    return watch
