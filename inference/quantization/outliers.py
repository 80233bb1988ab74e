"""Products of int8 weights with rows of one digit, where the few inputs that are larger than the others get a second one.

In transformers the same few channels of a layer's input are large for every token; with one scale a row they cost all others their
precision. They are told apart by looking once (LLM.int8(), Dettmers et al. 2022, section 3, looks at every batch; there a row would
depend on who shares it) and get a coarse digit more, multiplied with a copy of their weights: a twelfth more bytes and products at
most, instead of twice as many products. A row in which another channel is large is rounded more coarsely, never cut.

Where a layer's large inputs are others for each token, as behind a gate, one digit is not enough: what was seen tells, and it keeps two.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from inference.quantization.int8 import FINER, LEAST, LEVELS, ZERO, Int8Weight, prepacked, product, quantise_channels

SHARE = 12  # at most one of so many inputs gets a second digit,
_BLOCK = 64  # and as many as the kernel pads them to; a layer with fewer inputs than both together keeps two digits
MOST_NOISE = 0.012  # of a row's length; the default model's choices follow up to there and behind its gates (0.012 to 0.023) do not
SEEN = 256  # tokens

Outliers = dict[str, Any]  # a module's path → its outlying inputs, rising


class OutlierWeight(Int8Weight):
    """One matrix whose inputs `outliers` (int64) outlie the others."""

    digits = 1

    def __init__(self, weight: Any, outliers: Any) -> None:
        super().__init__(weight)
        self._outliers = outliers
        self._reach = reach(self.inputs, outliers)
        self._copies = prepacked(quantise_channels(weight)[0][:, outliers])

    @property
    def nbytes(self) -> int:
        return super().nbytes + int(torch.ops.mkldnn._nbytes(self._copies))

    def _few_times(self, x: Any, out: Any = None) -> Any:
        fine, coarse, scales = quantise_rows(x, self._outliers, self._reach)
        of_copies = product(_bytes(coarse), self._copies, self._scales, self._zeros, unit=FINER)
        whole = product(_bytes(fine), self._packed, self._scales, self._zeros, onto=of_copies)
        return torch.mul(whole, scales, out=whole if out is None else out)

    def slow_times(self, x: Any) -> Any:
        """The twin of `times`: the same rounding of the rows, then a plain product."""
        return rounded(x, self._outliers) @ self.plain().T


def reach(inputs: int, outliers: Any) -> Any:
    """(inputs,): one over the largest value that a channel's digits can say, in units of the row's scale."""
    return torch.full((inputs,), 1 / LEVELS).index_fill_(0, outliers, 1 / (LEVELS * FINER))


def quantise_rows(x: Any, outliers: Any, reach: Any) -> tuple[Any, Any, Any]:
    """(rows, inputs) → whole numbers in fp32 up to 127 off zero, fine ones of all inputs and coarse ones (rows, outliers), and scales (rows, 1).

    A value is (fine + 254 × coarse) × scale, and of an input that does not outlie fine × scale.
    """
    scales = torch.mul(x, reach).abs_().amax(dim=1, keepdim=True).clamp_min_(LEAST)
    fine = torch.mul(x, scales.reciprocal())
    large = fine.index_select(1, outliers)
    coarse = torch.mul(large, 1 / FINER).round_()
    fine.index_copy_(1, outliers, large.sub_(coarse, alpha=FINER))
    return fine.round_(), coarse, scales


def rounded(x: Any, outliers: Any) -> Any:
    """(rows, inputs) → what the digits say of it."""
    fine, coarse, scales = quantise_rows(x.float(), outliers, reach(x.shape[1], outliers))
    return fine.index_add(1, outliers, coarse, alpha=FINER) * scales


def find_outliers(model: Any) -> Outliers:
    """What each linear layer and each block of experts is given, seen in one run over tokens from all over the vocabulary; only the
    layers for which one digit is enough. `model` is still plain."""
    found: Outliers = {}
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


def _watcher(found: Outliers, path: str) -> Any:
    def watch(module: Any, given: tuple[Any, ...]) -> None:
        rows = given[0].reshape(-1, given[0].shape[-1]).float()
        number = rows.shape[1] // SHARE // _BLOCK * _BLOCK
        outliers = rows.abs().amax(dim=0).topk(number).indices.sort().values
        off = (rounded(rows, outliers) - rows).norm(dim=1) / rows.norm(dim=1).clamp_min(LEAST)
        if number and float(off.mean()) <= MOST_NOISE:
            found[path] = outliers

    return watch


def _bytes(digits: Any) -> Any:
    """By way of int16: torch casts floats to it five times as fast as to uint8."""
    return digits.add_(ZERO).to(torch.int16).to(torch.uint8)
