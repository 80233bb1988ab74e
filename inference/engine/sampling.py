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


def use_short_nucleus(processors: Any) -> None:
    """Swaps the library's top-p for one that looks at the 64 likeliest tokens.

    The library sorts the whole vocabulary for every token: 152,000 values cost 20 ms on two cores, a sixth of a step.
    A nucleus that reaches beyond 64 tokens is cut there, which only makes a very uncertain choice a little surer.
    """
    from transformers.generation.continuous_batching.cb_logits_processors import ContinuousBatchingTopPLogitsWarper

    class ShortNucleus(ContinuousBatchingTopPLogitsWarper): # the library is read without types
        def __init__(self, replaced: Any) -> None:
            self.top_p = replaced.top_p
            self.filter_value = replaced.filter_value
            self.min_tokens_to_keep = replaced.min_tokens_to_keep

        def __call__(self, scores: Any, tensor_arg: Any) -> Any:
            return keep_nucleus(scores, tensor_arg[: scores.size(0)].view(scores.dtype))

    kept = processors.logits_processor
    kept[:] = [ShortNucleus(one) if isinstance(one, ContinuousBatchingTopPLogitsWarper) else one for one in kept]


def keep_nucleus(scores: Any, top_p: Any) -> Any:
    """Scores (rows, vocabulary) with everything outside each row's nucleus at minus infinity; the best always stays."""
    best, where = scores.topk(min(_CANDIDATES, scores.size(-1)), dim=-1)
    chances = (best - scores.logsumexp(dim=-1, keepdim=True)).exp()
    outside = chances.cumsum(dim=-1) - chances >= top_p.unsqueeze(-1)
    outside[:, 0] = False
    return scores.new_full(scores.shape, float("-inf")).scatter_(-1, where, best.masked_fill(outside, float("-inf")))
