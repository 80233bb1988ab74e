"""The lexical views of the variants: weighted character pieces (fuzzy) and BM25 over words (exact).

Knows texts and scores. Does not know FAQs, vectors or probabilities.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.normalise import grams, terms, words

Scores = NDArray[np.float32]
_K1 = 1.2
ANALYZERS: dict[str, Callable[[str], list[str]]] = {"grams": grams, "words": words}


class WeightedTerms:
    """Sublinear TF-IDF with cosine, kept by column: a query touches only the columns of its own terms."""

    def __init__(self, kind: str, vocabulary: dict[str, int], idf: Scores, columns: Any) -> None:
        self.kind = kind
        self.vocabulary = vocabulary
        self.idf = idf
        self.columns = columns  # scipy CSC, (num_texts, num_terms), rows of length 1
        self.rarest = float(idf.max()) if len(idf) else 1.0

    @classmethod
    def build(cls, kind: str, texts: Sequence[str]) -> WeightedTerms:
        from scipy import sparse

        counted = [Counter(ANALYZERS[kind](text)) for text in texts]
        vocabulary = {term: column for column, term in enumerate(sorted(set().union(*counted)))}
        frequency = Counter(term for counts in counted for term in counts)
        idf = np.array([np.log((1 + len(texts)) / (1 + frequency[term])) + 1 for term in vocabulary], dtype=np.float32)
        data, columns, starts = [], [], [0]
        for counts in counted:
            ordered = sorted(vocabulary[term] for term in counts)
            found = {vocabulary[term]: 1 + np.log(count) for term, count in counts.items()}
            weights = np.array([found[column] * idf[column] for column in ordered], dtype=np.float32)
            data.append(weights / max(float(np.linalg.norm(weights)), 1e-9))
            columns.append(np.array(ordered, dtype=np.int32))
            starts.append(starts[-1] + len(ordered))
        flat = (np.concatenate(data or [np.zeros(0, np.float32)]), np.concatenate(columns or [np.zeros(0, np.int32)]), np.array(starts))
        rows = sparse.csr_matrix(flat, shape=(len(texts), len(vocabulary)))
        return cls(kind, vocabulary, idf, rows.tocsc())

    def scores(self, text: str) -> Scores:
        """Cosine of the text to every text of the index; terms that the index does not have lengthen the text."""
        counts = Counter(ANALYZERS[self.kind](text))
        total = np.zeros(self.columns.shape[0], dtype=np.float32)
        length = 0.0
        for term, count in sorted(counts.items()):
            column = self.vocabulary.get(term)
            weight = (1 + float(np.log(count))) * (self.rarest if column is None else float(self.idf[column]))
            length += weight * weight
            if column is not None:
                start, end = self.columns.indptr[column : column + 2]
                total[self.columns.indices[start:end]] += weight * self.columns.data[start:end]
        return np.asarray(total / max(length**0.5, 1e-9), dtype=np.float32)

    def weight_of(self, term: str) -> float:
        column = self.vocabulary.get(term)
        return self.rarest if column is None else float(self.idf[column])

    def save(self, folder: Path) -> None:
        np.save(folder / f"{self.kind}.idf.npy", self.idf)
        for name in ("data", "indices", "indptr"):
            np.save(folder / f"{self.kind}.{name}.npy", getattr(self.columns, name))
        ordered = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        (folder / f"{self.kind}.terms.json").write_text(json.dumps(ordered, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path, kind: str, num_texts: int) -> WeightedTerms:
        from scipy import sparse

        ordered = json.loads((folder / f"{kind}.terms.json").read_text(encoding="utf-8"))
        arrays = tuple(np.load(folder / f"{kind}.{name}.npy", allow_pickle=False) for name in ("data", "indices", "indptr"))
        columns = sparse.csc_matrix(arrays, shape=(num_texts, len(ordered)))
        idf = np.load(folder / f"{kind}.idf.npy", allow_pickle=False)
        return cls(kind, {term: column for column, term in enumerate(ordered)}, idf, columns)


class Bm25:
    """BM25 over words and character pairs, self-normalised: 1 means as good as the question would find itself."""

    def __init__(self, index: Any, idf: dict[str, float], num_texts: int) -> None:
        self._index = index
        self._idf = idf
        self._num_texts = num_texts

    @classmethod
    def build(cls, texts: Sequence[str]) -> Bm25:
        bm25s = _library()
        tokens = [terms(text) or [""] for text in texts]
        index = bm25s.BM25(k1=_K1, b=0.5)
        if tokens:
            index.index(tokens, show_progress=False)
        return cls(index, _idf(tokens), len(texts))

    def scores(self, text: str) -> Scores:
        asked = list(dict.fromkeys(terms(text)))
        known = [term for term in asked if term in self._idf]
        if not known or not self._num_texts:
            return np.zeros(self._num_texts, dtype=np.float32)
        rarest = max(self._idf.values())
        # A term that occurs once in a text of middle length earns idf / (1 + k1).
        best = sum(self._idf.get(term, rarest) for term in asked) / (1 + _K1)
        found = self._index.get_scores(known)
        return np.asarray(np.clip(np.asarray(found, dtype=np.float32) / max(best, 1e-9), 0, 1), dtype=np.float32)

    def save(self, folder: Path) -> None:
        (folder / "bm25.idf.json").write_text(json.dumps(self._idf, ensure_ascii=False, sort_keys=True), encoding="utf-8")
        if self._num_texts:
            self._index.save(str(folder / "bm25"), show_progress=False)

    @classmethod
    def open(cls, folder: Path, num_texts: int) -> Bm25:
        bm25s = _library()
        idf = json.loads((folder / "bm25.idf.json").read_text(encoding="utf-8"))
        index = bm25s.BM25.load(str(folder / "bm25"), load_corpus=False) if num_texts else None
        return cls(index, idf, num_texts)


def _library() -> Any:
    """Its logger asks for every line of debugging as soon as it is imported."""
    import bm25s

    logging.getLogger("bm25s").setLevel(logging.WARNING)
    return bm25s


def _idf(tokens: Iterable[Sequence[str]]) -> dict[str, float]:
    """As bm25s (Lucene's form) weighs a term."""
    rows = list(tokens)
    frequency = Counter(term for row in rows for term in set(row))
    return {term: float(np.log(1 + (len(rows) - n + 0.5) / (n + 0.5))) for term, n in sorted(frequency.items())}
