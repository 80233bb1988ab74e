"""What is measured about a question and each FAQ that might be meant; every measure is bounded.

Two levels: FEATURES of one candidate (they order the candidates) and SIGNS of the whole outcome (they say how likely the
first one is right). Knows the index. Does not know weights, cuts or what is done with the outcome.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.encoder import Vectors
from knowledge.faq.index import Asked, Rows, VariantIndex
from knowledge.faq.normalise import fold, words

FEATURES = ("dense", "plain", "dense_two", "local", "grams", "bm25", "asked_found", "variant_found", "dice", "length")
SIGNS = ("score", "margin", "dense", "plain", "dense_margin", "grams", "asked_found", "known", "away_from_background", "alone", "agreement")
WIDE = 24  # FAQs that are measured in full
_NEIGHBOURS = 10

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """Candidates of a question, in the order of their FAQ numbers."""

    faqs: NDArray[np.int64]  # (n,)
    rows: NDArray[np.int64]  # (n,) the variant that fits best
    features: Matrix  # (n, len(FEATURES))
    known: float
    background: float

    def __len__(self) -> int:
        return len(self.faqs)


class Measure:
    """Measures against one index. Costs of a candidate do not grow with the bank."""

    def __init__(self, index: VariantIndex, background: Vectors, crowding: NDArray[np.float32] | None = None) -> None:
        self.index = index
        self.background = background  # (m, d) centred
        self.crowding = crowding_of(index) if crowding is None else crowding
        self._words = [_weighted(variant.text, index) for variant in index.variants]
        self._pairs = [_pairs(variant.text) for variant in index.variants]

    def __call__(self, asked: Asked, *, without: Rows | None = None, closed: frozenset[int] = frozenset()) -> Measured:
        """`without`: rows that do not count; `closed`: FAQs that do not."""
        faqs = [number for number in self.index.candidates(asked, without) if number not in closed]
        hidden = frozenset() if without is None else frozenset(without.tolist())
        blocks = [(number, rows) for number in faqs if len(rows := _shown(self.index.rows_of[number], hidden))]
        found = _weighted(asked.text, self.index)
        known = sum(weight for word, weight in found.items() if word in self.index.grams.vocabulary or f"<{word}>" in self.index.grams.vocabulary)
        share = known / max(sum(found.values()), 1e-9)
        nearest = float((self.background @ asked.centred).max()) if len(self.background) else 0.0
        if not blocks:
            empty = np.zeros(0, dtype=np.int64)
            return Measured(empty, empty, np.zeros((0, len(FEATURES))), share, nearest)
        return self._measured(asked, blocks, found, known=share, background=nearest)

    def beside(self, number: int) -> Measure:
        """The same without one background question, which must not find itself."""
        rest = copy.copy(self)
        rest.background = np.delete(self.background, number, axis=0)
        return rest

    def _measured(
        self, asked: Asked, blocks: list[tuple[int, Rows]], found: Mapping[str, float], *, known: float, background: float
    ) -> Measured:
        rows = np.concatenate([rows for _, rows in blocks])
        starts = np.cumsum([0, *(len(rows) for _, rows in blocks)])[:-1]
        dense = self.index.centred[rows] @ asked.centred
        plain = _spread(self.index.vectors[rows] @ asked.raw)
        grams, bm25 = asked.grams[rows], asked.bm25[rows]
        local = dense - self.crowding[rows]
        quick = dense + 0.6 * grams
        best_quick = np.maximum.reduceat(quick, starts)
        chosen = np.sort(np.argsort(-best_quick, kind="stable")[:WIDE])
        ends = np.append(starts[1:], len(rows))
        pairs = _pairs(asked.text)
        features, best_rows = [], []
        for block in chosen:
            span = slice(starts[block], ends[block])
            best = int(rows[span][np.argmax(quick[span])])
            best_rows.append(best)
            top = np.sort(dense[span])[::-1][:2]
            overlap = self._overlap(found, pairs, best, len(asked.text))
            features.append([top[0], plain[span].max(), top.mean(), local[span].max(), grams[span].max(), bm25[span].max(), *overlap])
        return Measured(
            faqs=np.array([blocks[block][0] for block in chosen], dtype=np.int64),
            rows=np.array(best_rows, dtype=np.int64),
            features=np.array(features, dtype=np.float64),
            known=known,
            background=background,
        )

    def _overlap(self, found: Mapping[str, float], pairs: frozenset[str], row: int, length: int) -> tuple[float, float, float, float]:
        """Shares of weighted words found both ways, Dice of character pairs, likeness of lengths."""
        theirs = self._words[row]
        shared_asked = sum(weight for word, weight in found.items() if word in theirs)
        shared_theirs = sum(weight for word, weight in theirs.items() if word in found)
        other = self._pairs[row]
        dice = 2 * len(pairs & other) / max(len(pairs) + len(other), 1)
        lengths = sorted((length, len(self.index.variants[row].text)))
        return (
            shared_asked / max(sum(found.values()), 1e-9),
            shared_theirs / max(sum(theirs.values()), 1e-9),
            dice,
            lengths[0] / max(lengths[1], 1),
        )


def signs(measured: Measured, scores: Matrix, order: NDArray[np.int64]) -> Matrix:
    """SIGNS of an outcome; `order` sorts the candidates by their scores, best first."""
    if not len(measured):
        return np.zeros(len(SIGNS))
    best = order[0]
    column = dict(zip(FEATURES, measured.features.T, strict=True))
    others = order[1:]
    margin = scores[best] - scores[others[0]] if len(others) else 2.0
    dense = column["dense"]
    dense_margin = dense[best] - dense[others].max() if len(others) else 0.5
    crowd = np.sort(dense[others])[::-1][:_NEIGHBOURS]
    agreement = (float(np.argmax(dense) == best) + float(np.argmax(column["grams"]) == best)) / 2
    return np.array(
        [
            np.clip(scores[best], -2, 4),
            np.clip(margin, 0, 2),
            dense[best],
            column["plain"].max(),
            np.clip(dense_margin, -0.5, 0.5),
            column["grams"][best],
            column["asked_found"][best],
            measured.known,
            np.clip(dense[best] - measured.background, -1, 1),
            dense[best] - (crowd.mean() if len(crowd) else 0.0),
            agreement,
        ]
    )


def _shown(rows: Rows, hidden: frozenset[int]) -> Rows:
    if not hidden or hidden.isdisjoint(rows.tolist()):
        return rows
    return np.array([row for row in rows.tolist() if row not in hidden], dtype=np.int64)


def _spread(cosines: Vectors) -> Vectors:
    """The encoder's own cosines crowd between 0.7 and 1; stretched so that they weigh as much as centred ones."""
    return np.asarray(np.clip((cosines - 0.7) / 0.3, 0, 1), dtype=np.float32)


def crowding_of(index: VariantIndex, block: int = 1024) -> NDArray[np.float32]:
    """Half the mean cosine of each row to its nearest rows of other FAQs: a row that is near to everything proves little."""
    crowding = np.zeros(len(index), dtype=np.float32)
    count = min(_NEIGHBOURS, max(len(index) - 1, 0))
    if not count:
        return crowding
    for start in range(0, len(index), block):
        near = index.centred[start : start + block] @ index.centred.T
        near[index.faq_of[start : start + block, None] == index.faq_of[None, :]] = -1.0
        top = -np.partition(-near, count - 1, axis=1)[:, :count]
        crowding[start : start + block] = 0.5 * np.maximum(top, 0).mean(axis=1)
    return crowding


def _weighted(text: str, index: VariantIndex) -> dict[str, float]:
    """Words with their rarity in the index (of single characters and Latin words, which its vocabulary has)."""
    return {word: _rarity(word, index) for word in words(text)}


def _rarity(word: str, index: VariantIndex) -> float:
    vocabulary = index.grams.vocabulary
    for form in (word, f"<{word}>"):
        if form in vocabulary:
            return index.grams.weight_of(form)
    return index.grams.rarest


def _pairs(text: str) -> frozenset[str]:
    compact = fold(text).replace(" ", "")
    return frozenset(compact[i : i + 2] for i in range(len(compact) - 1))
