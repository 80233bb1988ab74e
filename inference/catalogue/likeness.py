"""How near a mixture stays to the dense model, on texts that neither was fitted on. Knows models as functions of token ids."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inference.catalogue.texts import Text


@dataclass(frozen=True, slots=True)
class Likeness:
    """`same_choice`: share of places where both choose the same next token, `same_reply` in replies only. `divergence` is
    KL(dense‖mixture) in nats a token."""

    same_choice: float
    same_reply: float
    divergence: float
    dense_perplexity: float
    perplexity: float
    tokens: int


def compare(dense: Any, mixture: Any, texts: Sequence[Text]) -> Likeness:
    """Over every place of the texts but the first."""
    import torch

    same: list[bool] = []
    same_reply: list[bool] = []
    divergence = told = expected = 0.0
    with torch.inference_mode():
        for text in texts:
            ids = torch.tensor([text.ids])
            one, other = (torch.log_softmax(model(ids, use_cache=False).logits[0, :-1].float(), dim=-1) for model in (dense, mixture))
            agreed = (one.argmax(-1) == other.argmax(-1)).tolist()
            same += agreed
            same_reply += agreed[text.reply - 1 :]
            divergence += float((one.exp() * (one - other)).sum())
            wanted = ids[0, 1:, None]
            expected -= float(one.gather(1, wanted).sum())
            told -= float(other.gather(1, wanted).sum())
    places, replies = len(same), max(1, len(same_reply))
    perplexities = math.exp(expected / places), math.exp(told / places)
    return Likeness(sum(same) / places, sum(same_reply) / replies, divergence / places, *perplexities, places)
