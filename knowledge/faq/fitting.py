"""What a router learns: weights that order candidates, chances of an outcome, cuts that keep a promise.

Learnt from the bank's own questions with known outcomes and from practice, which weighs less the more the bank has to say.
Knows examples and labels. Does not know texts, guards or answers. Everything is refitted at each publishing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.contracts import LANGUAGES, Language
from knowledge.faq.examples import Example
from knowledge.faq.features import FEATURES, FREE_SIGNS, SIGNS, Matrix, Measured, signs
from knowledge.faq.fusion import Linear, fit_choice, fit_probability, sigmoid

# Where the ranker starts before anything has taught it: meaning first, wording second. Utility per unit of a measure.
PRIOR = np.array([6.0, 6.0, 2.0, 2.0, 4.0, 2.0, 1.0, 1.0, 1.0, 0.2, 2.0])
# Phrasings in a bank are edited and share words; visitors' own words share meaning. So what a bank teaches may bend the prior, not
# replace it: with less, a bank of short phrasings learns to ignore whole measures.
PRIOR_STRENGTH = 10.0
RIDGE = 2.0
FOLDS = 5
LEAST_KNOWN = 30  # fewer leave-one-out positives prove nothing: exact matches only
PROMISES = (1, 3, 7)  # of 100 direct answers at most so many wrong
NEVER = 1.01
# What visitors ask, as far as one can say beforehand: most is answered by a FAQ, some is near it, some quite elsewhere.
MIX = {"known": 0.6, "near": 0.15, "hidden": 0.15, "background": 0.1}
PRACTICE_MIX = {"known": 0.65, "hidden": 0.2, "other": 0.15}
PRACTICE_COUNTS = 100.0  # as so many questions of the base itself, which count for one each
SET_SHARE = 0.9  # of the questions that some FAQ answers, so many have it among the likely ones

Labels = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chances:
    """Of one outcome: that the first candidate is right, that the right one is among the first three, that any is meant."""

    first: float
    three: float
    scope: float

    def each(self, shares: Sequence[float]) -> tuple[float, ...]:
        """Of each candidate. The places two and three divide what `three` leaves to them as the choice model does; behind, there is little."""
        rest = self.three - self.first
        near = sum(shares[1:3]) or 1.0
        return tuple(self.first if not place else min(self.first, rest * share / near) for place, share in enumerate(shares))


@dataclass(frozen=True, slots=True)
class Fit:
    """All that is learnt. `cuts` maps a promise to the least chance of a direct answer; `best_cut` expects the most right decisions;
    `likely` is the least chance of a candidate that belongs to the set of those that may be meant (split conformal, by language).
    """

    choice: Linear
    first: Linear
    three: Linear
    scope: Linear
    cuts: dict[int, float]
    best_cut: float
    likely: dict[Language, float]
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
        return cls(**models, cuts=cuts, best_cut=data["best_cut"], likely=data["likely"], num_known=data["num_known"])


def fit(own: Sequence[Example], practice: Sequence[Example] = ()) -> Fit:
    """Ranker first, then chances on what it orders, then cuts on chances that were fitted without the FAQ they judge."""
    choice = _fit_choice(own)
    num_known = sum(example.kind == "known" for example in own)
    table = _table(own, practice, choice)
    if num_known < LEAST_KNOWN or table.first.sum() in (0, len(table.first)):
        return _unproven(choice, num_known)
    models = {name: _probability(table, getattr(table, name)) for name in ("first", "three")}
    models["scope"] = _probability(table, table.scope, slice(len(own)))  # what is this base's business, only the base can say
    first, three = (_held_out(table, labels) for labels in (table.first, table.three))
    cuts = {promise: _cut(first, table.first, table.shares, promise / 100) for promise in PROMISES}
    likely = {language: _likely(table, first, three, language) for language in LANGUAGES}
    return Fit(choice=_linear(choice), **models, cuts=cuts, best_cut=_best_cut(first, table), likely=likely, num_known=num_known)


@dataclass(frozen=True, slots=True)
class _Table:
    rows: Matrix  # (n, signs)
    first: Labels
    three: Labels
    scope: Labels
    place: NDArray[np.int64]  # of the right one among the candidates, -1 where it is none of them
    parts: list[tuple[float, ...]]  # of the choice model
    shares: Labels
    groups: NDArray[np.int64]
    kinds: NDArray[np.str_]
    languages: NDArray[np.str_]


def _fit_choice(examples: Sequence[Example]) -> Matrix:
    """Weights that sum to 2, so that scores lie between about 0 and 2 whatever the bank.

    Practice has no say here: its phrasings were written to share few words, which visitors' do.
    """
    groups = []
    for example in examples:
        place = np.flatnonzero(example.measured.faqs == example.faq)
        if example.kind == "known" and len(place) and len(example.measured) > 1:
            groups.append((example.measured.features, int(place[0])))
    weights = np.array(fit_choice(groups, PRIOR, strength=PRIOR_STRENGTH).weights)
    return np.asarray(2 * weights / weights.sum())


def _linear(weights: Matrix) -> Linear:
    return Linear(tuple(float(weight) for weight in weights))


def _table(own: Sequence[Example], practice: Sequence[Example], choice: Matrix) -> _Table:
    examples = [*own, *practice]
    rows, places, parts = [], [], []
    for example in examples:
        scores = example.measured.features @ choice if len(example.measured) else np.zeros(0)
        order = np.argsort(-scores, kind="stable").astype(np.int64)
        found = np.flatnonzero(example.measured.faqs[order] == example.faq)
        rows.append(signs(example.measured, scores, order, example.language))
        places.append(int(found[0]) if len(found) else -1)
        parts.append(choice_shares(scores, order))
    place = np.array(places, dtype=np.int64)
    kinds = np.array([example.kind for example in examples], dtype=np.str_)
    return _Table(
        rows=np.array(rows).reshape(-1, len(SIGNS)),
        first=(place == 0).astype(np.float64),
        three=((place >= 0) & (place < 3)).astype(np.float64),
        scope=(kinds != "background").astype(np.float64),
        place=place,
        parts=parts,
        shares=np.concatenate([_shares(own, MIX, float(len(own))), _shares(practice, PRACTICE_MIX, PRACTICE_COUNTS)]),
        groups=np.array([example.group for example in examples], dtype=np.int64),
        kinds=kinds,
        languages=np.array([example.language for example in examples], dtype=np.str_),
    )


def choice_shares(scores: Matrix, order: NDArray[np.int64]) -> tuple[float, ...]:
    """How the choice model divides one candidate's worth among all, best first."""
    if not len(scores):
        return ()
    ordered = 8 * scores[order]
    exponent = np.exp(ordered - ordered.max())
    return tuple(float(value) for value in exponent / exponent.sum())


def _shares(examples: Sequence[Example], mix: dict[str, float], total: float) -> Labels:
    """Weights of the rows: each kind has its share of the total, whatever the number of its rows."""
    kinds = np.array([example.kind for example in examples], dtype=np.str_)
    there = {kind: int((kinds == kind).sum()) for kind in mix}
    whole = sum(share for kind, share in mix.items() if there[kind]) or 1.0
    return np.array([total * mix[kind] / whole / there[kind] for kind in kinds], dtype=np.float64)


def _probability(table: _Table, labels: Labels, chosen: NDArray[np.bool_] | slice = slice(None)) -> Linear:
    return fit_probability(table.rows[chosen], labels[chosen], table.shares[chosen], strength=RIDGE, num_free=FREE_SIGNS)


def _held_out(table: _Table, labels: Labels) -> Labels:
    """Each example's chance by a model that saw no example of its FAQ."""
    folds = table.groups % FOLDS
    chances = np.zeros(len(folds))
    for fold in range(FOLDS):
        mine, rest = folds == fold, folds != fold
        if mine.any() and 0 < labels[rest].sum() < rest.sum():
            chances[mine] = sigmoid(_probability(table, labels, rest)(table.rows[mine]))
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
    """Where most is decided rightly: from there on a FAQ is more likely right than none is.

    Both shares are read off smooth curves of the chance: the best place among a few hundred examples would be a matter of luck.
    """
    asked = table.kinds != "near"  # the others were made up here
    shares, chances = table.shares[asked], np.clip(chances[asked], 1e-4, 1 - 1e-4)
    logit = np.log(chances / (1 - chances)).reshape(-1, 1)
    right = fit_probability(logit, table.first[asked], shares, strength=0.1)
    some = fit_probability(logit, (table.kinds[asked] == "known").astype(np.float64), shares, strength=0.1)
    steps = np.linspace(0.02, 0.98, 97)
    grid = np.log(steps / (1 - steps)).reshape(-1, 1)
    better = np.flatnonzero(sigmoid(right(grid)) >= 1 - sigmoid(some(grid)))
    return float(steps[better[0]]) if len(better) else NEVER


def _likely(table: _Table, first: Labels, three: Labels, language: Language) -> float:
    """The chance that SET_SHARE of the right FAQs have at least (Angelopoulos & Bates 2021, with the weights of the rows)."""
    chosen = np.flatnonzero((table.kinds == "known") & (table.languages == language) & (table.place >= 0))
    if not len(chosen):
        return 1.0
    of_right = np.array([Chances(first[row], max(first[row], three[row]), 0.0).each(table.parts[row])[table.place[row]] for row in chosen])
    order = np.argsort(-of_right, kind="stable")
    reached = np.cumsum(table.shares[chosen][order])
    place = int(np.searchsorted(reached, SET_SHARE * reached[-1]))
    return float(of_right[order[min(place, len(order) - 1)]])


def _unproven(choice: Matrix, num_known: int) -> Fit:
    """Too little to learn chances from: a fixed reading of the scores for clarifying, and no direct answers but exact ones."""
    weights = np.zeros(len(SIGNS))
    weights[[SIGNS.index("score"), SIGNS.index("margin"), SIGNS.index("away_from_background")]] = (2.0, 1.0, 3.0)
    read = tuple(weights.tolist())
    return Fit(
        choice=_linear(choice),
        first=Linear(read, -2.5),
        three=Linear(read, -1.5),
        scope=Linear(read, 0.5),
        cuts=dict.fromkeys(PROMISES, NEVER),
        best_cut=0.5,
        likely=dict.fromkeys(LANGUAGES, 0.08),
        num_known=num_known,
    )
