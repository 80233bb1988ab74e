"""Which of many intents a message means, learnt from many examples: a linear model over meaning and wording together.

A handful of examples says where an intent lies (knowledge.intent.prototypes); hundreds say where it ends. Knows texts, vectors and
numbers of intents; no actions, no phrases. Learns with scikit-learn, asks with numpy.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.fusion import Linear, fit_probability, sigmoid
from knowledge.faq.normalise import grams, words

Vectors = NDArray[np.float32]
Matrix = NDArray[np.float64]

LEAST_EXAMPLES = 300  # with fewer the nearest examples know more
MEANING = 2.0  # weight of the encoder's vector beside the words
SLACK = 0.3  # C of the support vector machine
NEIGHBOURS = 3
FOLDS = 4
_MOST_JUDGED = 3000


@dataclass(frozen=True, slots=True)
class Choice:
    """`in_scope` is the calibrated chance that the message means any of the intents."""

    intent: int
    in_scope: float


class Terms:
    """Words, pairs of words and pieces of words, weighted by rarity (TF-IDF, rows of length 1)."""

    def __init__(self, vocabulary: dict[str, int], idf: Vectors) -> None:
        self.vocabulary, self.idf = vocabulary, idf

    @classmethod
    def build(cls, texts: Sequence[str]) -> Terms:
        counted = Counter(term for text in texts for term in set(_terms(text)))
        vocabulary = {term: place for place, term in enumerate(sorted(counted))}
        idf = np.array([np.log((1 + len(texts)) / (1 + counted[term])) + 1 for term in vocabulary], dtype=np.float32)
        return cls(vocabulary, idf)

    def rows(self, texts: Iterable[str]) -> Any:
        """scipy CSR, (n, num_terms)."""
        from scipy import sparse

        data, columns, starts = [], [], [0]
        for text in texts:
            found = {self.vocabulary[term]: 1 + np.log(count) for term, count in Counter(_terms(text)).items() if term in self.vocabulary}
            weights = np.array([found[column] * self.idf[column] for column in sorted(found)], dtype=np.float32)
            data.append(weights / max(float(np.linalg.norm(weights)), 1e-9))
            columns.append(np.array(sorted(found), dtype=np.int32))
            starts.append(starts[-1] + len(found))
        return sparse.csr_matrix((np.concatenate(data), np.concatenate(columns), starts), shape=(len(starts) - 1, len(self.vocabulary)))


class Chooser:
    """Immutable once built. `weights`: (num_terms + d, num_intents)."""

    def __init__(self, terms: Terms, centre: Vectors, examples: Vectors, weights: Vectors, biases: Vectors, scope: Linear) -> None:
        self.terms, self.centre, self.examples = terms, centre, examples
        self.weights, self.biases, self.scope = weights, biases, scope

    @classmethod
    def build(cls, texts: Sequence[str], vectors: Vectors, intents: NDArray[np.int64]) -> Chooser:
        raw = _trained(texts, vectors, intents)
        return cls(raw.terms, raw.centre, raw.examples, raw.weights, raw.biases, _scope(texts, vectors, intents))

    def centred(self, vectors: Vectors) -> Vectors:
        moved = np.asarray(vectors, dtype=np.float32) - self.centre
        return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), dtype=np.float32)

    def choose(self, text: str, vector: Vectors) -> Choice:
        scores, signs = self.judge([text], np.asarray(vector, dtype=np.float32).reshape(1, -1))
        return Choice(int(scores[0].argmax()), float(sigmoid(self.scope(signs))[0]))

    def judge(self, texts: Sequence[str], vectors: Vectors) -> tuple[Matrix, Matrix]:
        """(n, num_intents) scores; (n, 3) signs of being in scope: how sure the best is, how near, how far ahead."""
        centred = self.centred(vectors)
        num_terms = len(self.terms.vocabulary)
        scores = np.asarray(self.terms.rows(texts) @ self.weights[:num_terms]) + MEANING * centred @ self.weights[num_terms:] + self.biases
        return scores, _signs(scores, centred @ self.examples.T)

    def save(self, folder: Path) -> None:
        arrays = {name: getattr(self, name) for name in ("centre", "examples", "weights", "biases")}
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
            return cls(terms, kept["centre"], kept["examples"], kept["weights"], kept["biases"], Linear(tuple(weights), bias))


def _terms(text: str) -> list[str]:
    found = words(text)
    return [*found, *(f"{one} {other}" for one, other in zip(found, found[1:], strict=False)), *(f"·{gram}" for gram in grams(text))]


def _trained(texts: Sequence[str], vectors: Vectors, intents: NDArray[np.int64]) -> Chooser:
    from scipy import sparse
    from sklearn.svm import LinearSVC

    terms = Terms.build(texts)
    bare = Chooser(terms, np.asarray(vectors.mean(axis=0), dtype=np.float32), vectors, vectors, vectors, Linear(()))
    centred = bare.centred(vectors)
    rows = sparse.hstack([terms.rows(texts), sparse.csr_matrix(MEANING * centred)]).tocsr()
    model = LinearSVC(C=SLACK).fit(rows, intents)
    width = int(intents.max()) + 1
    weights, biases = np.zeros((rows.shape[1], width), dtype=np.float32), np.full(width, -9.0, dtype=np.float32)
    if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
        weights[:, model.classes_] = np.stack([-model.coef_[0], model.coef_[0]], axis=1)
        biases[model.classes_] = [-model.intercept_[0], model.intercept_[0]]
    else:
        weights[:, model.classes_], biases[model.classes_] = model.coef_.T, model.intercept_
    return Chooser(terms, bare.centre, centred, weights, biases, Linear(()))


def _signs(scores: Matrix, alike: Vectors) -> Matrix:
    top = np.sort(scores, axis=1)[:, -2:]
    count = min(NEIGHBOURS, alike.shape[1])
    near = np.sort(np.partition(alike, -count, axis=1)[:, -count:], axis=1).mean(axis=1)
    ahead = top[:, -1] - top[:, 0]
    return np.column_stack([np.clip(top[:, -1], -2, 2), near, np.clip(ahead, 0, 2)])


def _scope(texts: Sequence[str], vectors: Vectors, intents: NDArray[np.int64]) -> Linear:
    """Held-out examples are in scope; those of intents that a model was not taught are not."""
    dice = np.random.default_rng(len(texts))
    folds = dice.integers(0, FOLDS, len(texts))
    left_out = dice.permutation(np.unique(intents))[: max(1, len(np.unique(intents)) // FOLDS)]
    unknown = np.isin(intents, left_out)
    rows, labels = [], []
    for chosen, in_scope in ((folds == 0, True), (unknown, False)):
        taught = np.flatnonzero(~chosen)
        if len(np.unique(intents[taught])) < 2:
            continue
        model = _trained([texts[int(place)] for place in taught], vectors[taught], intents[taught])
        asked = dice.permutation(np.flatnonzero(chosen))[:_MOST_JUDGED]
        rows.append(model.judge([texts[int(place)] for place in asked], vectors[asked])[1])
        labels.append(np.full(len(asked), float(in_scope)))
    if len(rows) < 2:
        return Linear((0.0, 0.0, 0.0), 5.0)
    stacked, marked = np.concatenate(rows), np.concatenate(labels)
    cost = np.where(marked == 1, 0.5 / marked.mean(), 0.5 / (1 - marked.mean()))
    return fit_probability(stacked, marked, cost, strength=1.0)
