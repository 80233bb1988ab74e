"""The sampling profiles: how freely an answer may be worded, and a cheaper nucleus for continuous batching."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inference.contracts import Profile

_CANDIDATES = 64


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
    """Swaps the library's top-p for one that looks at the 64 likeliest tokens and chooses one of them.

    The library sorts the whole vocabulary for every token and draws a random number for each of its words: for 152,000 that is
    20 ms and 4 ms on two cores. After this nothing is left to draw: the library only has to look for the best.
    """
    from transformers.generation.continuous_batching.cb_logits_processors import ContinuousBatchingTopPLogitsWarper

    class ShortNucleus(ContinuousBatchingTopPLogitsWarper):  # the library is read without types
        def __init__(self, replaced: Any) -> None:
            self.top_p = replaced.top_p
            self.filter_value = replaced.filter_value
            self.min_tokens_to_keep = replaced.min_tokens_to_keep

        def __call__(self, scores: Any, tensor_arg: Any) -> Any:
            chosen = choose(scores, tensor_arg[: scores.size(0)].view(scores.dtype))
            return scores.scatter_(-1, chosen, float("inf"))

    kept = processors.logits_processor
    kept[:] = [ShortNucleus(one) if isinstance(one, ContinuousBatchingTopPLogitsWarper) else one for one in kept]


def choose(scores: Any, top_p: Any) -> Any:
    """Scores (rows, vocabulary), top_p (rows,) → (rows, 1), a token of each row's nucleus by its chance.

    Chances count among the 64 likeliest: what lies beyond makes a very uncertain choice a little surer.
    """
    best, where = scores.topk(min(_CANDIDATES, scores.size(-1)), dim=-1)
    chances = best.softmax(dim=-1)
    outside = chances.cumsum(dim=-1) - chances >= top_p.unsqueeze(-1)
    outside[:, 0] = False
    return where.gather(-1, chances.masked_fill_(outside, 0).multinomial(1))
