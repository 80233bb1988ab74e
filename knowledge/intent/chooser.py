"""Which of many intents a message means, learnt from many examples: a kernel over meaning and wording together, fitted by least squares.

A handful of examples says where an intent lies (knowledge.intent.prototypes); hundreds say where it ends. Knows texts, vectors and
numbers of intents; no actions, no phrases. Learns with scipy, asks with numpy.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.fusion import Linear, fit_probability, sigmoid
from knowledge.intent.wording import Terms

Vectors = NDArray[np.float32]
Matrix = NDArray[np.float64]

LEAST_EXAMPLES = 300  # with fewer the nearest examples know more
MOST_EXAMPLES = 18_000  # the kernel of so many takes 1.3 GB while it is solved
# Chosen by cross-validation over data sets of 30 to 150 intents; half or double of each changes little.
MEANING = 2.0  # weight of the encoder's vector beside the words
NARROWNESS = 2.0  # how fast an example's say fades with distance
RIDGE = 0.3
NEIGHBOURS = 3
FOLDS = 4
_MOST_JUDGED = 1500
_AT_ONCE = 250


@dataclass(frozen=True, slots=True)
class Choice:
    """`in_scope` is the calibrated chance that the message means any of the intents."""

    intent: int
    in_scope: float


class Chooser:
    """Immutable once built. `of_meaning` (n, num_intents): what each example says when a message is alike it; `of_words` (num_terms, num_intents)."""

    def __init__(self, terms: Terms, centre: Vectors, examples: Vectors, of_meaning: Vectors, of_words: Vectors, scope: Linear) -> None:
        self.terms, self.centre, self.examples = terms, centre, examples
        self.of_meaning, self.of_words, self.scope = of_meaning, of_words, scope

    @classmethod
    def build(cls, texts: Sequence[str], vectors: Vectors, intents: NDArray[np.int64]) -> Chooser | None:
        """None where the intents are too few to learn what means none of them: two are, since one is left out for that."""
        kept = _evenly(intents, MOST_EXAMPLES)
        texts, vectors, intents = [texts[int(place)] for place in kept], vectors[kept], intents[kept]
        scope = _scope(texts, vectors, intents)
        if scope is None:
            return None
        raw = _trained(texts, vectors, intents)
        return cls(raw.terms, raw.centre, raw.examples, raw.of_meaning, raw.of_words, scope)

    def centred(self, vectors: Vectors) -> Vectors:
        moved = np.asarray(vectors, dtype=np.float32) - self.centre
        return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), dtype=np.float32)

    def choose(self, text: str, vector: Vectors) -> Choice:
        scores, signs = self.judge([text], np.asarray(vector, dtype=np.float32).reshape(1, -1))
        return Choice(int(scores[0].argmax()), float(sigmoid(self.scope(signs))[0]))

    def judge(self, texts: Sequence[str], vectors: Vectors) -> tuple[Matrix, Matrix]:
        """(n, num_intents) scores; (n, 3) signs of being in scope: how sure the best is, how near, how far ahead."""
        alike = self.centred(vectors) @ self.examples.T
        scores = np.asarray(self.terms.rows(texts) @ self.of_words) + _closeness(alike) @ self.of_meaning
        return scores, _signs(scores, alike)

    def save(self, folder: Path) -> None:
        arrays = {name: getattr(self, name) for name in ("centre", "examples", "of_meaning", "of_words")}
        np.savez(folder / "chooser.npz", **arrays, idf=self.terms.idf, scope=np.array([*self.scope.weights, self.scope.bias]))
        (folder / "chooser.json").write_text(json.dumps(list(self.terms.vocabulary), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> Chooser | None:
        if not (folder / "chooser.npz").is_file():
            return None
        vocabulary = {term: place for place, term in enumerate(json.loads((folder / "chooser.json").read_text(encoding="utf-8")))}
        with np.load(folder / "chooser.npz", allow_pickle=False) as kept:
            *weights, bias = kept["scope"].tolist()
            terms = Terms(vocabulary, kept["idf"])
            return cls(terms, kept["centre"], kept["examples"], kept["of_meaning"], kept["of_words"], Linear(tuple(weights), bias))


def _trained(texts: Sequence[str], vectors: Vectors, intents: NDArray[np.int64]) -> Chooser:
    """All intents at once, each against all others, by least squares: one kernel, one Cholesky factor."""
    from scipy.linalg import cho_factor, cho_solve

    terms = Terms.build(texts)
    bare = Chooser(terms, np.asarray(vectors.mean(axis=0), dtype=np.float32), vectors, vectors, vectors, Linear(()))
    centred, rows = bare.centred(vectors), terms.rows(texts)
    targets = np.full((len(texts), int(intents.max()) + 1), -1.0, dtype=np.float32)
    targets[np.arange(len(texts)), intents] = 1.0
    factor = cho_factor(_kernel(centred, rows).T, lower=True, overwrite_a=True, check_finite=False)
    solved = np.asarray(cho_solve(factor, targets, check_finite=False), dtype=np.float32)
    return Chooser(terms, bare.centre, centred, solved, np.ascontiguousarray(rows.T @ solved, dtype=np.float32), Linear(()))


def _kernel(centred: Vectors, rows: Any) -> Vectors:
    """(n, n), how alike examples are in meaning and wording. Some rows at a time: there is room for one such matrix, not for three."""
    made = np.empty((len(centred), len(centred)), dtype=np.float32)
    turned = rows.T.tocsr()
    for start in range(0, len(centred), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        made[some] = _closeness(centred[some] @ centred.T) + (rows[some] @ turned).toarray()
    made[np.diag_indices_from(made)] += RIDGE
    return made


def _closeness(alike: Vectors) -> Vectors:
    return np.asarray(MEANING * np.exp(NARROWNESS * (alike - 1)), dtype=np.float32)


def _evenly(intents: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Places of at most so many examples: the first of each intent, then the second of each …"""
    if len(intents) <= most:
        return np.arange(len(intents))
    order = np.argsort(intents, kind="stable")
    begins = np.searchsorted(intents[order], intents[order])
    rank = np.empty(len(intents), dtype=np.int64)
    rank[order] = np.arange(len(intents)) - begins
    return np.sort(np.argsort(rank, kind="stable")[:most])


def _signs(scores: Matrix, alike: Vectors) -> Matrix:
    top = np.sort(scores, axis=1)[:, -2:]
    count = min(NEIGHBOURS, alike.shape[1])
    near = np.sort(np.partition(alike, -count, axis=1)[:, -count:], axis=1).mean(axis=1)
    ahead = top[:, -1] - top[:, 0]
    return np.column_stack([np.clip(top[:, -1], -2, 2), near, np.clip(ahead, 0, 2)])


def _scope(texts: Sequence[str], vectors: Vectors, intents: NDArray[np.int64]) -> Linear | None:
    """Held-out examples are in scope; those of intents that a model was not taught are not. None where no two intents are left to teach."""
    dice = np.random.default_rng(len(texts))
    folds = dice.integers(0, FOLDS, len(texts))
    left_out = dice.permutation(np.unique(intents))[: max(1, len(np.unique(intents)) // FOLDS)]
    unknown = np.isin(intents, left_out)
    rows, labels = [], []
    for chosen, in_scope in ((folds == 0, True), (unknown, False)):
        taught = np.flatnonzero(~chosen)
        if len(np.unique(intents[taught])) < 2:
            return None
        model = _trained([texts[int(place)] for place in taught], vectors[taught], intents[taught])
        asked = dice.permutation(np.flatnonzero(chosen))[:_MOST_JUDGED]
        rows.append(model.judge([texts[int(place)] for place in asked], vectors[asked])[1])
        labels.append(np.full(len(asked), float(in_scope)))
    stacked, marked = np.concatenate(rows), np.concatenate(labels)
    cost = np.where(marked == 1, 0.5 / marked.mean(), 0.5 / (1 - marked.mean()))
    return fit_probability(stacked, marked, cost, strength=1.0)
