"""Nearest examples with a calibrated chance: how sure are we that a message means an intent, and not just any question.

Knows vectors and which intent each belongs to. Does not know words, phrases or actions beyond a group number.
Similarities are measured in units of how alike unrelated questions are to each other, so any encoder will do.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Floats = NDArray[np.float64]

BEST_SHARE = 0.75  # of the best example; the rest comes from the mean of the best two
TWIN = 0.999  # more alike than this is the same example twice
PRIOR = np.array([-1.5, 1.0, 0.5, 0.5])  # bias, beats background, beats other intents, beats chance
PRIOR_STRENGTH = 2.0
MIN_SPREAD = 1e-3
MOST_JUDGED = 800


@dataclass(frozen=True, slots=True)
class Nearest:
    intent: int
    probability: float
    example: int
    similarity: float
    background: float


@dataclass(frozen=True, slots=True)
class Prototypes:
    """`intents[i]` is the intent of example i, `groups[k]` what intent k leads to: same group, same consequence."""

    examples: Vectors  # (n, d)
    intents: NDArray[np.int64]
    groups: NDArray[np.int64]
    background: Vectors  # (m, d)
    center: float = 0.0
    spread: float = 1.0
    weights: Floats = field(default_factory=PRIOR.copy)

    def nearest(self, vector: Vectors) -> Nearest | None:
        if not len(self.examples):
            return None
        alike = self.examples @ vector
        background = _blend(self.background @ vector)
        best, features = self.judge(alike, background, np.zeros(len(alike), bool))
        probability = float(1 / (1 + np.exp(-np.clip(features @ self.weights, -30, 30))))
        of_best = np.where(self.intents == best, alike, -np.inf)
        return Nearest(best, probability, int(of_best.argmax()), float(of_best.max()), background)

    def judge(self, alike: Vectors, background: float, hidden: NDArray[np.bool_]) -> tuple[int, Floats]:
        """The best intent and how it stands out, as features. `hidden` examples take no part."""
        scores = self._scores(np.where(hidden, -np.inf, alike))
        best = int(scores.argmax())
        return best, self._features(scores, best, background)

    def _scores(self, alike: Floats) -> Floats:
        """`_blend` for all intents at once: thousands of examples are asked in no time."""
        best = np.full(len(self.groups), -np.inf)
        np.maximum.at(best, self.intents, alike)
        at = np.flatnonzero(alike == best[self.intents])
        others = alike.copy()
        others[at[np.unique(self.intents[at], return_index=True)[1]]] = -np.inf
        second = np.full(len(self.groups), -np.inf)
        np.maximum.at(second, self.intents, others)
        second = np.where(np.isfinite(second), second, best)
        return np.asarray(BEST_SHARE * best + (1 - BEST_SHARE) * (best + second) / 2)

    def _features(self, scores: Floats, best: int, background: float) -> Floats:
        rivals = scores[(self.groups != self.groups[best]) & np.isfinite(scores)]
        floor = background if np.isfinite(background) else self.center
        rival = float(rivals.max()) if len(rivals) else floor
        differences = np.array([scores[best] - floor, scores[best] - rival, scores[best] - self.center])
        return np.concatenate([[1.0], np.clip(differences / self.spread, -6, 6)])


def fit(examples: Vectors, intents: NDArray[np.int64], groups: NDArray[np.int64], background: Vectors) -> Prototypes:
    """Calibrates on the examples themselves, each judged without itself, and on questions that mean no intent."""
    center, spread = _noise(background)
    raw = Prototypes(examples, intents, groups, background, center, spread)
    rows: list[Floats] = []
    labels: list[float] = []
    # Evenly picked where there are many: more would cost minutes and change the weights no more.
    for at in np.unique(np.linspace(0, len(examples) - 1, min(len(examples), MOST_JUDGED)).astype(int)):
        vector = examples[at]
        alike = examples @ vector
        _observe(raw, (alike, background @ vector), alike > TWIN, int(groups[intents[at]]), rows, labels)
        # Hide all that leads where this example leads: what is left must not claim it.
        _observe(raw, (alike, background @ vector), groups[intents] == groups[intents[at]], None, rows, labels)
    for vector in background:
        others = background @ vector
        _observe(raw, (examples @ vector, others[others <= TWIN]), np.zeros(len(examples), bool), None, rows, labels)
    weights = _logistic(np.array(rows), np.array(labels)) if len(set(labels)) == 2 else PRIOR
    return replace(raw, weights=weights)


def _observe(
    raw: Prototypes, alike: tuple[Vectors, Vectors], hidden: NDArray[np.bool_], group: int | None, rows: list[Floats], labels: list[float]
) -> None:
    """One leave-out judgement as a row of features and whether it was right; `group` None: nothing would be right."""
    if hidden.all():
        return
    best, features = raw.judge(alike[0], _blend(alike[1]), hidden)
    rows.append(features)
    labels.append(float(group is not None and raw.groups[best] == group))


def _blend(alike: Vectors) -> float:
    if not len(alike):
        return -np.inf
    top = np.sort(alike)[-2:]
    return float(BEST_SHARE * top[-1] + (1 - BEST_SHARE) * top.mean())


def _noise(background: Vectors) -> tuple[float, float]:
    """How alike unrelated questions are: their nearest neighbour among the others, on average, and how much that varies."""
    if len(background) < 3:
        return 0.5, 0.1
    alike = background @ background.T
    np.fill_diagonal(alike, -1.0)
    nearest = alike.max(axis=1)
    return float(nearest.mean()), max(float(nearest.std()), MIN_SPREAD)


def _logistic(rows: Floats, labels: Floats) -> Floats:
    """Weighted so that both answers count alike, drawn towards the prior, which decides where examples are few."""
    share = labels.mean()
    cost = np.where(labels == 1, 0.5 / share, 0.5 / (1 - share))
    weights = PRIOR.copy()
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (cost * (chance - labels)) + PRIOR_STRENGTH * (weights - PRIOR)
        bend = (rows * (cost * chance * (1 - chance))[:, None]).T @ rows + PRIOR_STRENGTH * np.eye(len(PRIOR))
        step = np.linalg.solve(bend, slope)
        weights = weights - step
        weights[1:] = np.maximum(weights[1:], 0.0)  # being nearer to an intent never speaks against it
        if np.abs(step).max() < 1e-6:
            break
    return weights
