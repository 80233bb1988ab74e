"""How far a quantised model is from the plain one: on texts, token by token, without choosing anything on them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """Means over all next tokens: the divergence of the quantised chances from the plain ones (KL, nats), how often the likeliest
    token is the same, and the perplexities of the texts."""

    tokens: int
    divergence: float
    same_choice: float
    plain_perplexity: float
    perplexity: float


def compare(plain: Any, quantised: Any, texts: Iterable[list[int]]) -> Faithfulness:
    """Two models of the same vocabulary; texts as token ids, two at least each."""
    import torch

    sums = torch.zeros(4, dtype=torch.float64)  # divergence, same, loss of the plain one, loss of the other
    tokens = 0
    for ids in texts:
        batch = torch.tensor([ids])
        with torch.inference_mode():
            before, after = (model(batch).logits[0, :-1].float().log_softmax(dim=-1) for model in (plain, quantised))  # (tokens, vocabulary)
        following = batch[0, 1:, None]
        divergence = (before.exp() * (before - after)).sum(dim=-1).sum()
        same = (before.argmax(dim=-1) == after.argmax(dim=-1)).sum()
        sums += torch.stack([divergence, same, -before.gather(1, following).sum(), -after.gather(1, following).sum()]).double()
        tokens += len(following)
    means = (sums / max(1, tokens)).tolist()
    return Faithfulness(tokens, round(means[0], 5), round(means[1], 4), round(math.exp(means[2]), 3), round(math.exp(means[3]), 3))
