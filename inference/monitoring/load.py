"""How evenly a mixture's experts work: of each layer the shares, their entropy, the busiest against the mean, and who does nothing.

Arithmetic on counts only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LayerLoad:
    """`shares` sum to 1. `entropy` is 1 where all experts work alike and 0 where one does everything; `peak` is the busiest to the mean.

    `dead` are the experts without a token; of a layer that has not worked at all nothing is said: entropy and peak are 0, nobody is dead.
    """

    shares: tuple[float, ...]
    entropy: float
    peak: float
    dead: tuple[int, ...]


def load_of(counts: Sequence[int]) -> LayerLoad:
    """Of one layer's tokens by expert."""
    total = sum(counts)
    if not total:
        return LayerLoad((0.0,) * len(counts), 0.0, 0.0, ())
    shares = tuple(count / total for count in counts)
    spread = -sum(share * math.log(share) for share in shares if share)
    entropy = spread / math.log(len(counts)) if len(counts) > 1 else 1.0
    return LayerLoad(shares, entropy, max(shares) * len(counts), tuple(number for number, count in enumerate(counts) if not count))
