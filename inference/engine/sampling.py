"""The sampling profiles: how freely an answer may be worded, and a cheaper nucleus for continuous batching."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inference.contracts import Profile

_CANDIDATES = 64
_PART = 128  # words of the vocabulary: a maximum of so many takes little longer than to read them


@dataclass(frozen=True, slots=True)
class Sampling:
    temperature: float
    top_p: float  # 0 keeps the single most likely token


SAMPLING: dict[Profile, Sampling] = {
    # Facts want the likeliest words: with 0.9 the small model wandered off the material within a sentence or two.
    "factual": Sampling(temperature=0.2, top_p=0.5),
    "creative": Sampling(temperature=0.8, top_p=0.95),
    "greedy": Sampling(temperature=1.0, top_p=0.0),
}


def choose_among_few(processors: Any) -> None:
    """Swaps the library's temperature and top-p for ones that look at the 64 likeliest tokens and choose one of them.

    The library sorts the whole vocabulary for every token and draws a random number for each of its words: for 152,000 that is
    20 ms and 4 ms on two cores. After this nothing is left to draw: the library only has to look for the best.
    """
    import torch
    from transformers.generation.continuous_batching import cb_logits_processors as library

    class LateTemperature(library.ContinuousBatchingTemperatureLogitsWarper):  # the library is read without types
        """Leaves the scores as they are, and says by what those of the few are to be divided."""

        def __init__(self, replaced: Any) -> None:
            self.temperature = replaced.temperature
            self.asked: Any = None  # (rows,) of the step that is being made

        def __call__(self, scores: Any, tensor_arg: Any) -> Any:
            self.asked = tensor_arg[: scores.size(0)].view(scores.dtype)
            return scores

    class ShortNucleus(library.ContinuousBatchingTopPLogitsWarper):
        def __init__(self, replaced: Any, temperature: Any) -> None:
            self.top_p = replaced.top_p
            self.filter_value = replaced.filter_value
            self.min_tokens_to_keep = replaced.min_tokens_to_keep
            self._temperature = temperature

        def __call__(self, scores: Any, tensor_arg: Any) -> Any:
            with torch.inference_mode():  # as the model made them: only there they may be changed in place
                chosen = choose(scores, tensor_arg[: scores.size(0)].view(scores.dtype), self._temperature.asked)
                return scores.scatter_(-1, chosen, float("inf"))

    hot, nucleus = processors.logits_processor
    late = LateTemperature(hot)
    processors.logits_processor[:] = [late, ShortNucleus(nucleus, late)]


def choose(scores: Any, top_p: Any, temperature: Any) -> Any:
    """Scores (rows, vocabulary), top_p and temperature (rows,) → (rows, 1), a token of each row's nucleus by its chance.

    Chances count among the 64 likeliest: what lies beyond makes a very uncertain choice a little surer. Where nothing is to be drawn
    (top_p 0), the first of the likeliest is chosen, as `argmax` does: scores in bf16 are often equal.
    """
    import torch

    best, where = likeliest(scores, _CANDIDATES)
    chances = (best / temperature.unsqueeze(-1)).softmax(dim=-1)
    outside = chances.cumsum(dim=-1) - chances >= top_p.unsqueeze(-1)
    outside[:, 0] = False
    drawn = where.gather(-1, chances.masked_fill_(outside, 0).multinomial(1))
    first = where.masked_fill(best < best[:, :1], scores.size(-1)).amin(dim=-1, keepdim=True)
    return torch.where(top_p.unsqueeze(-1) > 0, drawn, first)


def likeliest(scores: Any, most: int) -> tuple[Any, Any]:
    """`scores.topk`, sooner: the likeliest of a row stand in the parts with the greatest maxima. (rows, vocabulary) → twice (rows, most)."""
    import torch

    rows, size = scores.shape
    whole = size // _PART * _PART
    if whole < 2 * most * _PART:
        return tuple(scores.topk(min(most, size), dim=-1))
    parts = scores[:, :whole].view(rows, -1, _PART)
    chosen = parts.amax(dim=-1).topk(most, dim=-1).indices  # (rows, most)
    among = parts.gather(1, chosen.unsqueeze(-1).expand(-1, -1, _PART)).view(rows, -1)
    places = (chosen.unsqueeze(-1) * _PART + torch.arange(_PART, device=scores.device)).view(rows, -1)
    rest = scores[:, whole:]
    best, where = torch.cat((among, rest), dim=-1).topk(most, dim=-1)
    return best, torch.cat((places, torch.arange(whole, size, device=scores.device).expand(rows, -1)), dim=-1).gather(-1, where)
