"""Exact intervals of a share and what it takes to prove one, by binomial sums alone: pages ask for them too, and load no library for it.

Knows hits and totals. Does not know what was counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

_STEPS = 60  # halvings: past every digit of a double that is shown
MOST_CHECKS = 100_000


@lru_cache(maxsize=4096)
def clopper_pearson(hits: int, total: int, certainty: float = 0.95) -> list[float] | None:
    """[share, low, high] of the exact two-sided interval (Clopper and Pearson 1934); None of nothing."""
    if not total:
        return None
    tail = (1 - certainty) / 2
    low = 0.0 if not hits else _where(lambda share: 1 - at_most(hits - 1, total, share) > tail)
    return [round(hits / total, 4), round(low, 4), round(_upper(hits, total, tail), 4)]


def at_most_proven(hits: int, total: int, certainty: float = 0.95) -> float:
    """The least share of which one may say so certainly that the true one does not exceed it: the upper end of the one-sided interval."""
    return _upper(hits, total, 1 - certainty) if total else 1.0


@lru_cache(maxsize=1024)
def checks_needed(hits: int, most: float, certainty: float = 0.95) -> int | None:
    """The fewest checks, `hits` of them wrong, that prove a share of at most `most`; None where no number that anybody would check does."""
    low, high = hits, max(2 * hits, 1)
    while at_most(hits, high, most) > 1 - certainty:
        low, high = high, 2 * high
        if high > MOST_CHECKS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if at_most(hits, middle, most) <= 1 - certainty else (middle, high)
    return high


def at_most(hits: int, total: int, share: float) -> float:
    """Chance of so many hits or fewer in so many tries."""
    if hits >= total or share <= 0:
        return 1.0
    if share >= 1:
        return 0.0
    if hits > total // 2:  # the shorter sum
        return max(0.0, 1 - at_most(total - hits - 1, total, 1 - share))
    yes, no = math.log(share), math.log1p(-share)
    whole = math.lgamma(total + 1)
    terms = (whole - math.lgamma(k + 1) - math.lgamma(total - k + 1) + k * yes + (total - k) * no for k in range(hits + 1))
    return min(1.0, math.fsum(math.exp(term) for term in terms))


def _upper(hits: int, total: int, tail: float) -> float:
    return 1.0 if hits >= total else _where(lambda share: at_most(hits, total, share) < tail)


def _where(is_beyond: Callable[[float], bool]) -> float:
    """The share from which on it holds."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_beyond(middle) else (middle, high)
    return high
