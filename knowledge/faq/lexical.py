"""The lexical views of the variants: weighted character pieces (fuzzy) and BM25 over words (exact).

Knows texts and scores. Does not know FAQs, vectors or probabilities.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.normalise import grams, is_han, terms, words
from knowledge.faq.term_rows import TermRows

Scores = NDArray[np.float32]
_K1, _B = 1.2, 0.5
ANALYZERS: dict[str, Callable[[str], list[str]]] = {"grams": grams, "words": words, "terms": terms}


class WeightedTerms:
    """Sublinear TF-IDF with cosine, kept by column: a query touches only the columns of its own terms."""

    def __init__(self, kind: str, rows: TermRows) -> None:
        self.kind = kind
        self.vocabulary = {term: column for column, term in enumerate(rows.vocabulary)}
        self.idf = np.asarray(np.log((1 + len(rows)) / (1 + rows.frequency())) + 1, dtype=np.float32)
        self.columns = rows.by_column(_cosine_weights(rows, self.idf))
        self._num_texts = len(rows)
        self.rarest = float(self.idf.max()) if len(self.idf) else 1.0

    @classmethod
    def build(cls, kind: str, texts: Sequence[str]) -> WeightedTerms:
        return cls(kind, TermRows.build(ANALYZERS[kind], texts))

    def scores(self, text: str) -> Scores:
        """Cosine of the text to every text of the index; terms that the index does not have lengthen the text."""
        counts = Counter(ANALYZERS[self.kind](text))
        total = np.zeros(self._num_texts, dtype=np.float32)
        length = 0.0
        for term, count in sorted(counts.items()):
            column = self.vocabulary.get(term)
            weight = (1 + float(np.log(count))) * (self.rarest if column is None else float(self.idf[column]))
            length += weight * weight
            if column is not None:
                self.columns.add_to(total, column, weight)
        total /= max(length**0.5, 1e-9)
        return total

    def weight_of(self, term: str) -> float:
        column = self.vocabulary.get(term)
        return self.rarest if column is None else float(self.idf[column])


class Bm25:
    """BM25 (Lucene's form) over words and character pairs, self-normalised: 1 means as good as the question would find itself."""

    def __init__(self, rows: TermRows) -> None:
        self.vocabulary = {term: column for column, term in enumerate(rows.vocabulary)}
        frequency = rows.frequency()
        self.idf = np.asarray(np.log(1 + (len(rows) - frequency + 0.5) / (frequency + 0.5)), dtype=np.float64)
        self.columns = rows.by_column(_bm25_weights(rows, self.idf))
        self._num_texts = len(rows)
        self._rarest = float(self.idf.max()) if len(self.idf) else 0.0

    @classmethod
    def build(cls, texts: Sequence[str]) -> Bm25:
        return cls(TermRows.build(ANALYZERS["terms"], texts))

    def scores(self, text: str) -> Scores:
        asked = list(dict.fromkeys(terms(text)))
        known = [column for term in asked if (column := self.vocabulary.get(term)) is not None]
        total = np.zeros(self._num_texts, dtype=np.float32)
        if not known:
            return total
        # A term that occurs once in a text of middle length earns idf / (1 + k1).
        best = (float(self.idf[known].sum()) + self._rarest * (len(asked) - len(known))) / (1 + _K1)
        for column in known:
            self.columns.add_to(total, column, 1.0)
        total /= max(best, 1e-9)
        return np.minimum(total, 1.0, out=total)

    def weight_of(self, term: str) -> float:
        column = self.vocabulary.get(term)
        return self._rarest if column is None else float(self.idf[column])

    def rows_of(self, term: str) -> NDArray[np.int32]:
        column = self.vocabulary.get(term)
        return self.columns.rows_of(column) if column is not None else np.zeros(0, dtype=np.int32)

    def holding(self, name: str) -> NDArray[np.int32]:
        """Rows in which every word of it stands, however a dictionary cuts them."""
        wanted = [term for term in terms(name) if not is_han(term) or term.endswith("·") or len(name) == 1]
        found = [self.rows_of(term) for term in wanted]
        return reduce(np.intersect1d, found) if found else np.zeros(0, dtype=np.int32)


def _cosine_weights(rows: TermRows, idf: Scores) -> Scores:
    weights = np.asarray((1 + np.log(rows.counts.astype(np.float32))) * idf[rows.columns], dtype=np.float32)
    place = rows.row_of_each()
    lengths = np.sqrt(np.bincount(place, weights=weights**2, minlength=len(rows)))
    return np.asarray(weights / np.maximum(lengths, 1e-9)[place], dtype=np.float32)


def _bm25_weights(rows: TermRows, idf: NDArray[np.float64]) -> Scores:
    place = rows.row_of_each()
    counts = rows.counts.astype(np.float64)
    lengths = np.bincount(place, weights=counts, minlength=len(rows))
    relative = (lengths / max(lengths.mean() if len(lengths) else 1.0, 1e-9))[place]
    return np.asarray(idf[rows.columns] * counts / (counts + _K1 * (1 - _B + _B * relative)), dtype=np.float32)
