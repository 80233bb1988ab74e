"""What a router learns from its own bank: weights that order candidates, chances of an outcome, cuts that keep a promise.

Knows examples and labels. Does not know texts, guards or answers. Everything is refitted at each publishing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.examples import Example
from knowledge.faq.features import FEATURES, SIGNS, Matrix, Measured, signs
from knowledge.faq.fusion import Linear, fit_choice, fit_probability, sigmoid

# Where the ranker starts before a bank has taught it anything: meaning first, wording second. Utility per unit of a measure.
PRIOR = np.array([6.0, 6.0, 2.0, 2.0, 4.0, 2.0, 1.0, 1.0, 1.0, 0.2])
# Phrasings in a bank are edited and share words; visitors' own words share meaning. So what a bank teaches may bend the prior, not
# replace it: with less, a bank of short phrasings (the demo's) learns to ignore whole measures.
PRIOR_STRENGTH = 10.0
RIDGE = 2.0
FOLDS = 5
LEAST_KNOWN = 30  # fewer leave-one-out positives prove nothing: exact matches only
PROMISES = (1, 3, 7)  # of 100 direct answers at most so many wrong
NEVER = 1.01
# What visitors ask, as far as one can say beforehand: most is answered by a FAQ, some is near it, some quite elsewhere.
MIX = {"known": 0.5, "near": 0.2, "hidden": 0.2, "background": 0.1}

Labels = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chances:
    """Of one outcome: that the first candidate is right, that the right one is among the first three, that any is meant."""

    first: float
    three: float
    scope: float


@dataclass(frozen=True, slots=True)
class Fit:
    """All that is learnt. `cuts` maps a promise to the least chance of a direct answer; `best_cut` expects the most right decisions."""

    choice: Linear
    first: Linear
    three: Linear
    scope: Linear
    cuts: dict[int, float]
    best_cut: float
    num_known: int

    def order(self, measured: Measured) -> tuple[Matrix, NDArray[np.int64]]:
        scores = self.choice(measured.features) if len(measured) else np.zeros(0)
        return scores, np.argsort(-scores, kind="stable").astype(np.int64)

    def chances(self, found: Matrix) -> Chances:
        row = found.reshape(1, -1)
        first, three, scope = (float(sigmoid(model(row))[0]) for model in (self.first, self.three, self.scope))
        return Chances(first, max(first, three), scope)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"features": FEATURES, "signs": SIGNS}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Fit:
        models = {name: Linear(tuple(data[name]["weights"]), data[name]["bias"]) for name in ("choice", "first", "three", "scope")}
        cuts = {int(promise): float(cut) for promise, cut in data["cuts"].items()}
        return cls(**models, cuts=cuts, best_cut=data["best_cut"], num_known=data["num_known"])


def fit(examples: Sequence[Example]) -> Fit:
    """Ranker first, then chances on what it orders, then cuts on chances that were fitted without the FAQ they judge."""
    choice = _fit_choice(examples)
    table = _table(examples, choice)
    num_known = int(table.is_known.sum())
    if num_known < LEAST_KNOWN or table.first.sum() in (0, len(table.first)):
        return _unproven(choice, num_known)
    models = {name: fit_probability(table.rows, getattr(table, name), table.shares, strength=RIDGE) for name in ("first", "three", "scope")}
    held_out = _held_out(table)
    cuts = {promise: _cut(held_out, table.first, table.shares, promise / 100) for promise in PROMISES}
    return Fit(choice, **models, cuts=cuts, best_cut=_best_cut(held_out, table), num_known=num_known)


@dataclass(frozen=True, slots=True)
class _Table:
    rows: Matrix  # (n, signs)
    first: Labels
    three: Labels
    scope: Labels
    shares: Labels
    groups: NDArray[np.int64]
    is_known: NDArray[np.bool_]
    is_asked: NDArray[np.bool_]  # not made up here


def _fit_choice(examples: Sequence[Example]) -> Linear:
    groups = []
    for example in examples:
        place = np.flatnonzero(example.measured.faqs == example.faq)
        if example.kind == "known" and len(place) and len(example.measured) > 1:
            groups.append((example.measured.features, int(place[0])))
    raw = fit_choice(groups, PRIOR, strength=PRIOR_STRENGTH)
    total = sum(raw.weights)
    return Linear(tuple(2 * weight / total for weight in raw.weights))  # scores of about 0 to 2, whatever the bank


def _table(examples: Sequence[Example], choice: Linear) -> _Table:
    rows, first, three = [], [], []
    for example in examples:
        scores = choice(example.measured.features) if len(example.measured) else np.zeros(0)
        order = np.argsort(-scores, kind="stable").astype(np.int64)
        ranked = example.measured.faqs[order]
        rows.append(signs(example.measured, scores, order))
        first.append(float(len(ranked) > 0 and ranked[0] == example.faq))
        three.append(float(example.faq in ranked[:3]))
    kinds = np.array([example.kind for example in examples])
    counts = {kind: max(1, int((kinds == kind).sum())) for kind in MIX}
    return _Table(
        rows=np.array(rows).reshape(-1, len(SIGNS)),
        first=np.array(first),
        three=np.array(three),
        scope=(kinds != "background").astype(np.float64),
        shares=np.array([MIX[kind] / counts[kind] for kind in kinds]),
        groups=np.array([example.group for example in examples]),
        is_known=kinds == "known",
        is_asked=kinds != "near",
    )


def _held_out(table: _Table) -> Labels:
    """Each example's chance by a model that saw no example of its FAQ."""
    folds = table.groups % FOLDS
    chances = np.zeros(len(folds))
    for fold in range(FOLDS):
        mine, rest = folds == fold, folds != fold
        if mine.any() and 0 < table.first[rest].sum() < rest.sum():
            model = fit_probability(table.rows[rest], table.first[rest], table.shares[rest], strength=RIDGE)
            chances[mine] = sigmoid(model(table.rows[mine]))
    return chances


def _cut(chances: Labels, right: Labels, shares: Labels, promise: float) -> float:
    """The least chance above which at most `promise` of the answers are wrong, one wrong answer more than seen included."""
    order = np.argsort(-chances, kind="stable")
    weight = shares[order]
    wrong = np.cumsum(weight * (1 - right[order]))
    answered = np.cumsum(weight)
    one_more = weight.mean()
    kept = np.flatnonzero((wrong + one_more) / (answered + one_more) <= promise)
    return float(chances[order[kept[-1]]]) if len(kept) else NEVER


def _best_cut(chances: Labels, table: _Table) -> float:
    """Where most is decided rightly: the right FAQ for what is known, no direct answer for the rest."""
    order = np.argsort(-chances, kind="stable")
    known = table.is_known[order]
    counted = table.shares[order] * table.is_asked[order]
    gain = np.cumsum(counted * np.where(known, table.first[order], -1.0))
    return float(chances[order[int(np.argmax(gain))]])


def _unproven(choice: Linear, num_known: int) -> Fit:
    """Too little to learn chances from: a fixed reading of the scores for clarifying, and no direct answers but exact ones."""
    weights = np.zeros(len(SIGNS))
    weights[[SIGNS.index("score"), SIGNS.index("margin"), SIGNS.index("away_from_background")]] = (2.0, 1.0, 3.0)
    first = Linear(tuple(weights), -2.5)
    scope = Linear(tuple(weights), 0.5)
    return Fit(choice, first, Linear(tuple(weights), -1.5), scope, dict.fromkeys(PROMISES, NEVER), 0.5, num_known)
