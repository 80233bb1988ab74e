"""How near a mixture stays to the dense model, on texts that neither was fitted on. Knows models as functions of token ids."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Likeness:
    """`same_choice`: share of places where both choose the same next token. `divergence` is KL(dense‖mixture) in nats a token."""

    same_choice: float
    divergence: float
    dense_perplexity: float
    perplexity: float
    tokens: int


def compare(dense: Any, mixture: Any, sequences: Sequence[Sequence[int]]) -> Likeness:
    """Over every place of the sequences but the first."""
    import torch

    same = places = 0
    divergence = told = expected = 0.0
    with torch.inference_mode():
        for sequence in sequences:
            ids = torch.tensor([sequence])
            one, other = (torch.log_softmax(model(ids, use_cache=False).logits[0, :-1].float(), dim=-1) for model in (dense, mixture))
            same += int((one.argmax(-1) == other.argmax(-1)).sum())
            divergence += float((one.exp() * (one - other)).sum())
            wanted = ids[0, 1:, None]
            expected -= float(one.gather(1, wanted).sum())
            told -= float(other.gather(1, wanted).sum())
            places += len(wanted)
    return Likeness(same / places, divergence / places, math.exp(expected / places), math.exp(told / places), places)
