"""Figures that several benches share: areas, intervals, calibration error, percentiles. Plain sequences in, numbers out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from knowledge.evaluation.intervals import clopper_pearson

__all__ = ["auroc", "clopper_pearson", "expected_error", "percentile", "wilson"]


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Chance that a positive scores above a negative, ties counted half; 0.5 where there is only one kind."""
    values, positive = np.asarray(scores, dtype=float), np.asarray(labels, dtype=bool)
    num_positive, num_negative = int(positive.sum()), int((~positive).sum())
    if not num_positive or not num_negative:
        return 0.5
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1, len(values) + 1)
    for value in np.unique(values):
        same = values == value
        ranks[same] = ranks[same].mean()
    return float((ranks[positive].sum() - num_positive * (num_positive + 1) / 2) / (num_positive * num_negative))


def wilson(hits: int, total: int, z: float = 1.96) -> list[float] | None:
    """[share, low, high] of the 95 % interval (Wilson 1927)."""
    if not total:
        return None
    share = hits / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return [round(share, 4), round(max(0.0, centre - half), 4), round(min(1.0, centre + half), 4)]


def expected_error(chances: Sequence[float], labels: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error over bins of equal width."""
    values, right = np.asarray(chances, dtype=float), np.asarray(labels, dtype=float)
    places = np.minimum((values * bins).astype(int), bins - 1)
    total = 0.0
    for place in range(bins):
        mine = places == place
        if mine.any():
            total += mine.mean() * abs(values[mine].mean() - right[mine].mean())
    return float(total)


def percentile(values: Sequence[float], share: float) -> float | None:
    return round(float(np.quantile(np.asarray(values), share)), 2) if len(values) else None
