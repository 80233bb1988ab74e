"""Logistic models with signs that must hold: a measure that speaks for a FAQ may never count against it.

Knows matrices and labels. Does not know what the columns mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from knowledge.faq.features import Matrix


@dataclass(frozen=True, slots=True)
class Linear:
    """weights · x + bias."""

    weights: tuple[float, ...]
    bias: float = 0.0

    def __call__(self, rows: Matrix) -> Matrix:
        return np.asarray(rows @ np.asarray(self.weights) + self.bias)


def fit_choice(groups: Sequence[tuple[Matrix, int]], prior: Matrix, *, strength: float) -> Linear:
    """Conditional logit: in each group of candidates the named one should win. Weights stay >= 0 and near `prior`."""
    from scipy.optimize import minimize

    if not groups:
        return Linear(tuple(prior.tolist()))
    stacked = np.concatenate([matrix for matrix, _ in groups])
    starts = np.cumsum([0, *(len(matrix) for matrix, _ in groups)])[:-1]
    sizes = np.array([len(matrix) for matrix, _ in groups])
    chosen = starts + np.array([choice for _, choice in groups])

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        utility = stacked @ weights
        peak = np.repeat(np.maximum.reduceat(utility, starts), sizes)
        exponent = np.exp(utility - peak)
        total = np.add.reduceat(exponent, starts)
        share = exponent / np.repeat(total, sizes)
        value = float((np.log(total) + peak[starts] - utility[chosen]).sum())
        gradient = stacked.T @ share - stacked[chosen].sum(axis=0)
        distance = weights - prior
        return value + 0.5 * strength * float(distance @ distance), gradient + strength * distance

    found = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(prior))
    return Linear(tuple(float(value) for value in found.x))


def fit_probability(rows: Matrix, labels: Matrix, shares: Matrix, *, strength: float, num_free: int = 0) -> Linear:
    """Weighted logistic regression, weights >= 0 but for the last `num_free`, ridge on standardised columns; `shares` weigh the rows."""
    from scipy.optimize import minimize

    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    columns = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])
    penalty = np.append(np.full(rows.shape[1], strength), 1e-6)

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        logit = columns @ weights
        value = float((shares * (np.logaddexp(0, logit) - labels * logit)).sum())
        gradient = columns.T @ (shares * (sigmoid(logit) - labels))
        return value + 0.5 * float(penalty @ weights**2), gradient + penalty * weights

    bounds: list[Any] = [(0, None)] * (rows.shape[1] - num_free) + [(None, None)] * (num_free + 1)
    found = minimize(loss, np.zeros(columns.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds)
    weights = found.x[:-1] / scale
    return Linear(tuple(float(value) for value in weights), float(found.x[-1] - weights @ mean))


def sigmoid(logit: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-np.clip(logit, -40, 40)))
