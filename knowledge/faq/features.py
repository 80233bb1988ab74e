"""What is measured about a question and each FAQ that might be meant; every measure is bounded.

Two levels: FEATURES of one candidate (they order the candidates) and SIGNS of the whole outcome (they say how likely the
first one is right). Knows the index. Does not know weights, cuts or what is done with the outcome.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.contracts import Language
from knowledge.faq.crowding import crowding_of
from knowledge.faq.encoder import Vectors, normalised
from knowledge.faq.index import Asked, Rows, VariantIndex
from knowledge.faq.normalise import fold, terms, words

FEATURES = ("dense", "plain", "dense_two", "local", "grams", "bm25", "asked_found", "variant_found", "dice", "length", "held")
SIGNS = (
    "score",
    "margin",
    "dense",
    "plain",
    "dense_margin",
    "grams",
    "asked_found",
    "known",
    "away_from_background",
    "alone",
    "agreement",
    "held",
    "held_margin",
    "is_chinese",
)
FREE_SIGNS = 1  # the last ones may count either way; every other speaks for the first candidate
WIDE = 24  # FAQs that are measured in full
_NEIGHBOURS = 10
_REMEMBERED = 4096
_TELLING = float(np.log(1 / 0.06) + 1)  # the weight of a word that about one of sixteen variants has

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
        # Asked for again and again by what is popular; of a large bank most is never asked for.
        self._words = lru_cache(maxsize=_REMEMBERED)(lambda row: _weighted(index.variants[row].text, index))
        self._pairs = lru_cache(maxsize=_REMEMBERED)(lambda row: _pairs(index.variants[row].text))

    @classmethod
    def over(cls, index: VariantIndex, background: Vectors, crowding: NDArray[np.float32] | None = None) -> Measure:
        """`background`: (m, d) as the encoder gave them."""
        return cls(index, normalised(background - index.centre) if len(background) else background, crowding)

    def __call__(self, asked: Asked, *, without: Rows | None = None, closed: frozenset[int] = frozenset()) -> Measured:
        """`without`: rows that do not count; `closed`: FAQs that do not."""
        return self._measured(asked, self._widest(asked, self._blocks(asked, without, closed)))

    def together(self, asked: Sequence[tuple[Asked, float]], *, closed: frozenset[int] = frozenset()) -> Measured:
        """One matter asked in several ways, each with its share: the candidates of all, their measures averaged."""
        found: dict[int, Rows] = {}
        for one, _ in asked:
            found |= self._widest(one, self._blocks(one, None, closed))
        blocks = dict(sorted(found.items()))
        measured = [self._measured(one, blocks) for one, _ in asked]
        shares = [share for _, share in asked]

        def mean(values: Sequence[Any]) -> Any:
            return sum(share * value for share, value in zip(shares, values, strict=True)) / sum(shares)

        return replace(
            measured[0],
            features=mean([one.features for one in measured]),
            known=float(mean([one.known for one in measured])),
            background=float(mean([one.background for one in measured])),
        )

    def is_telling(self, word: str) -> bool:
        """Whether the bank has the word, and not everywhere."""
        vocabulary = self.index.grams.vocabulary
        form = next((form for form in (word, f"<{word}>") if form in vocabulary), None)
        return form is not None and self.index.grams.weight_of(form) >= _TELLING

    def _blocks(self, asked: Asked, without: Rows | None, closed: frozenset[int]) -> dict[int, Rows]:
        """Rows of each candidate that count."""
        hidden = frozenset() if without is None else frozenset(without.tolist())
        faqs = (number for number in self.index.candidates(asked, without) if number not in closed)
        return {number: rows for number in faqs if len(rows := _shown(self.index.rows_of[number], hidden))}

    def _widest(self, asked: Asked, blocks: dict[int, Rows]) -> dict[int, Rows]:
        """The WIDE ones that a quick look finds best."""
        if len(blocks) <= WIDE:
            return blocks
        numbers = list(blocks)
        rows, starts = _stacked(blocks)
        best = np.maximum.reduceat(self._quick(asked, rows), starts)
        kept = np.sort(np.argsort(-best, kind="stable")[:WIDE])
        return {numbers[place]: blocks[numbers[place]] for place in kept}

    def _quick(self, asked: Asked, rows: Rows) -> Vectors:
        return np.asarray(self.index.centred[rows] @ asked.centred + 0.6 * asked.grams[rows], dtype=np.float32)

    def beside(self, number: int) -> Measure:
        """The same without one background question, which must not find itself."""
        rest = copy.copy(self)
        rest.background = np.delete(self.background, number, axis=0)
        return rest

    def _measured(self, asked: Asked, blocks: dict[int, Rows]) -> Measured:
        found = _weighted(asked.text, self.index)
        nearest = float((self.background @ asked.centred).max()) if len(self.background) else 0.0
        faqs = np.array(list(blocks), dtype=np.int64)
        if not blocks:
            return Measured(faqs, faqs, np.zeros((0, len(FEATURES))), self._known(found), nearest)
        rows, starts = _stacked(blocks)
        quick = self._quick(asked, rows)
        dense = self.index.centred[rows] @ asked.centred
        of_rows = (dense - self.crowding[rows], asked.grams[rows], asked.bm25[rows])
        peaks = [np.maximum.reduceat(values, starts) for values in (dense, self._plain(rows, asked), *of_rows)]
        pairs, weight = _pairs(asked.text), sum(found.values())
        best, two, overlap = [], [], []
        quicks, denses = quick.tolist(), dense.tolist()  # an array of three is dearer than a list
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(rows)], strict=True):
            here = quicks[start:end]
            best.append(int(rows[start + here.index(max(here))]))
            two.append(sorted(denses[start:end])[-2:])
            overlap.append(self._overlap(found, weight, pairs, best[-1], len(asked.text)))
        features = np.column_stack([peaks[0], peaks[1], _means(two), *peaks[2:], np.array(overlap), self._held(asked, rows, starts)])
        return Measured(faqs, np.array(best, dtype=np.int64), features.astype(np.float64), self._known(found), nearest)

    def _known(self, found: Mapping[str, float]) -> float:
        """The share of the question's words that the bank knows, weighted."""
        vocabulary = self.index.grams.vocabulary
        known = sum(weight for word, weight in found.items() if word in vocabulary or f"<{word}>" in vocabulary)
        return float(known / max(sum(found.values()), 1e-9))

    def _plain(self, rows: Rows, asked: Asked) -> Vectors:
        """The encoder's own cosines, from 0 (nothing to do with each other) to 1 (the same)."""
        typical = self.index.typical
        return np.asarray(np.clip((self.index.vectors[rows] @ asked.raw - typical) / max(1 - typical, 1e-3), 0, 1), dtype=np.float32)

    def _held(self, asked: Asked, rows: Rows, starts: Rows) -> Vectors:
        """The share of the question's weighted words that stand in any phrasing of each FAQ: what one phrasing lacks, another may have."""
        bm25 = self.index.bm25
        shares = np.zeros(len(starts), dtype=np.float32)
        total = 0.0
        has_it = np.zeros(len(self.index), dtype=bool)
        for term in dict.fromkeys(terms(asked.text)):
            weight, theirs = bm25.weight_of(term), bm25.rows_of(term)
            total += weight
            has_it[theirs] = True
            shares += np.float32(weight) * np.logical_or.reduceat(has_it[rows], starts)
            has_it[theirs] = False
        return np.asarray(shares / max(total, 1e-9), dtype=np.float32)

    def _overlap(self, found: Mapping[str, float], weight: float, pairs: frozenset[str], row: int, length: int) -> tuple[float, float, float, float]:
        """Shares of weighted words found both ways (`weight`: of all that were asked), Dice of character pairs, likeness of lengths."""
        theirs = self._words(row)
        shared_asked = sum(weight for word, weight in found.items() if word in theirs)
        shared_theirs = sum(weight for word, weight in theirs.items() if word in found)
        other = self._pairs(row)
        dice = 2 * len(pairs & other) / max(len(pairs) + len(other), 1)
        lengths = sorted((length, len(self.index.variants[row].text)))
        return (
            shared_asked / max(weight, 1e-9),
            shared_theirs / max(sum(theirs.values()), 1e-9),
            dice,
            lengths[0] / max(lengths[1], 1),
        )


def _means(values: Sequence[Sequence[float]]) -> Vectors:
    """Of one or two each."""
    ends = np.array([(each[0], each[-1]) for each in values], dtype=np.float32)
    return np.asarray(ends.sum(axis=1) / 2, dtype=np.float32)


def signs(measured: Measured, scores: Matrix, order: NDArray[np.int64], language: Language) -> Matrix:
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
            column["held"][best],
            np.clip(column["held"][best] - column["held"][others].max(initial=0.0), -0.5, 0.5),
            float(language == "zh"),
        ]
    )


def _stacked(blocks: Mapping[int, Rows]) -> tuple[Rows, Rows]:
    """All rows one after the other, and where each FAQ's begin."""
    sizes = [len(rows) for rows in blocks.values()]
    return np.concatenate(list(blocks.values())), np.cumsum([0, *sizes[:-1]]).astype(np.int64)


def _shown(rows: Rows, hidden: frozenset[int]) -> Rows:
    if not hidden or hidden.isdisjoint(rows.tolist()):
        return rows
    return np.array([row for row in rows.tolist() if row not in hidden], dtype=np.int64)


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
