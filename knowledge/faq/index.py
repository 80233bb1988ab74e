"""Where the variants lie: FAISS over centred vectors, two lexical views, and the candidates that they name together.

Knows rows (one per variant) and which FAQ a row belongs to. Does not know probabilities, guards or answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.bank import Bank, BankVariant
from knowledge.faq.coarse import COARSE_FROM, Coarse
from knowledge.faq.earlier import Earlier
from knowledge.faq.encoder import Vectors, normalised
from knowledge.faq.lexical import ANALYZERS, Bm25, Scores, WeightedTerms
from knowledge.faq.term_rows import TermRows

Rows = NDArray[np.int64]
Counted = Mapping[str, TermRows]
VIEWS = ("grams", "terms")
DEEP = 50  # rows that each view names
COARSE_DEEPER = 8  # rows of the coarse look for each one that is wanted
_CENTRE_SHRINKAGE = 20  # as if so many variants lay at the background's centre


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the index sees it: its text, its vector, and its score against every row in both lexical views."""

    text: str
    raw: Vectors  # (d,)
    centred: Vectors  # (d,)
    grams: Scores  # (num_rows,)
    bm25: Scores  # (num_rows,)


def counted_of(bank: Bank, earlier: Earlier | None = None) -> Counted:
    """The terms of every variant in each view; what stood in the earlier build is not counted again."""
    texts = [text for _, text in rows_of(bank)]
    before = {name: (earlier.texts, TermRows.open(earlier.folder, name)) for name in VIEWS} if earlier else {}
    return {name: TermRows.build(ANALYZERS[name], texts, before.get(name)) for name in VIEWS}


class VariantIndex:
    def __init__(self, bank: Bank, flat: Any, *, lengths: Vectors, centre: Vectors, typical: float, counted: Counted) -> None:
        self.typical = typical  # cosine of unrelated questions, as this encoder sees them
        self.bank = bank
        self.faiss = flat
        self.centred = _shared_rows(flat)  # (num_rows, d) of length 1; the same memory as FAISS'
        self.lengths = lengths  # (num_rows,) what the rows had before that
        self.centre = centre  # (d,)
        self.vectors = _AsEncoded(self)
        self.counted = counted  # of an index that was built; one that was opened is not saved again
        self.grams = WeightedTerms("grams", counted["grams"])
        self.bm25 = Bm25(counted["terms"])
        self.variants: tuple[BankVariant, ...] = tuple(variant for faq in bank.faqs for variant in faq.variants)
        self.faq_of: Rows = np.array([number for number, faq in enumerate(bank.faqs) for _ in faq.variants], dtype=np.int64)
        ends = np.cumsum([len(faq.variants) for faq in bank.faqs], dtype=np.int64)
        self.rows_of: list[Rows] = [np.arange(end - len(faq.variants), end, dtype=np.int64) for faq, end in zip(bank.faqs, ends, strict=True)]
        self._coarse = Coarse.over(self.centred) if len(self) >= COARSE_FROM else None

    @classmethod
    def build(cls, bank: Bank, vectors: Vectors, background: Vectors, counted: Counted | None = None) -> VariantIndex:
        centre = centre_of(vectors, background)
        moved = vectors - centre if len(vectors) else vectors
        lengths = np.linalg.norm(moved, axis=1).astype(np.float32) if len(vectors) else np.zeros(0, dtype=np.float32)
        flat = _flat(normalised(moved))
        return cls(bank, flat, lengths=lengths, centre=centre, typical=typical_cosine(background), counted=counted or counted_of(bank))

    @classmethod
    def renewed(cls, bank: Bank, earlier: Earlier, encode: Callable[[list[str]], Vectors]) -> VariantIndex:
        """Around the earlier build's centre: its rows are taken over where their texts are the same, the others encoded."""
        centre = np.load(earlier.folder / "centre.npy", allow_pickle=False)
        old, old_lengths = _saved_rows(earlier.folder)
        places = {text: place for place, text in enumerate(earlier.texts)}
        texts = [text for _, text in rows_of(bank)]
        new = list(dict.fromkeys(text for text in texts if text not in places))
        moved = encode(new) - centre if new else np.zeros((0, len(centre)), dtype=np.float32)
        places |= {text: len(old) + number for number, text in enumerate(new)}
        order = np.array([places[text] for text in texts], dtype=np.int64)
        centred = np.concatenate([old, normalised(moved)])[order]
        lengths = np.concatenate([old_lengths, np.linalg.norm(moved, axis=1)]).astype(np.float32)[order]
        typical = float(np.load(earlier.folder / "typical.npy", allow_pickle=False))
        return cls(bank, _flat(centred), lengths=lengths, centre=centre, typical=typical, counted=counted_of(bank, earlier))

    def __len__(self) -> int:
        return len(self.faq_of)

    def ask(self, text: str, vector: Vectors) -> Asked:
        centred = normalised((vector - self.centre).reshape(1, -1))[0]
        return Asked(text, vector, centred, self.grams.scores(text), self.bm25.scores(text))

    def candidates(self, asked: Asked, without: Rows | None = None) -> list[int]:
        """Numbers of the FAQs that any view names, rows in `without` aside, in no order that means anything."""
        hidden = set() if without is None else set(without.tolist())
        deep = min(DEEP + len(hidden), len(self))
        if not deep:
            return []
        named = set(self.nearest(asked, deep).tolist()) | set(_top(asked.grams, deep).tolist()) | set(_top(asked.bm25, deep).tolist())
        return sorted({int(self.faq_of[row]) for row in named - hidden})

    def nearest(self, asked: Asked, count: int) -> Rows:
        """Rows by cosine, best first. FAISS; `nearest_by_hand` is its slow twin."""
        if self._coarse and count * COARSE_DEEPER < len(self):
            rows = self._coarse.nearest(asked.centred, count * COARSE_DEEPER)
            return np.asarray(rows[np.argsort(-(self.centred[rows] @ asked.centred), kind="stable")[:count]], dtype=np.int64)
        _, ids = self.faiss.search(asked.centred.reshape(1, -1), count)
        return np.asarray(ids[0], dtype=np.int64)

    def nearest_by_hand(self, asked: Asked, count: int) -> Rows:
        return np.asarray(np.argsort(-(self.centred @ asked.centred), kind="stable")[:count], dtype=np.int64)

    def save(self, folder: Path) -> None:
        import faiss

        np.save(folder / "lengths.npy", self.lengths)
        np.save(folder / "centre.npy", self.centre)
        np.save(folder / "typical.npy", np.float64(self.typical))
        faiss.write_index(self.faiss, str(folder / "variants.faiss"))
        for name, rows in self.counted.items():
            rows.save(folder, name)

    @classmethod
    def open(cls, folder: Path, bank: Bank) -> VariantIndex:
        import faiss

        faiss.omp_set_num_threads(1)
        opened = cls(
            bank,
            faiss.read_index(str(folder / "variants.faiss")),
            lengths=np.load(folder / "lengths.npy", allow_pickle=False),
            centre=np.load(folder / "centre.npy", allow_pickle=False),
            typical=float(np.load(folder / "typical.npy", allow_pickle=False)),
            counted={name: TermRows.open(folder, name) for name in VIEWS},
        )
        opened.counted = {}
        return opened


class _AsEncoded:
    """The rows as the encoder gave them, made again from the centred ones: a large bank is kept in memory once."""

    def __init__(self, index: VariantIndex) -> None:
        self._index = index

    def __len__(self) -> int:
        return len(self._index)

    def __getitem__(self, rows: Any) -> Vectors:
        index = self._index
        lengths = index.lengths[rows]
        return np.asarray(index.centred[rows] * lengths[..., None] + index.centre, dtype=np.float32)


def rows_of(bank: Bank) -> Iterator[tuple[int, str]]:
    """(FAQ number, text) of every row, in the order of the index."""
    for number, faq in enumerate(bank.faqs):
        for variant in faq.variants:
            yield number, variant.text


def centre_of(vectors: Vectors, background: Vectors) -> Vectors:
    """What all questions share and no question means. A small bank leans on the background, lest its topic be subtracted."""
    if not len(vectors):
        return np.zeros(background.shape[1], dtype=np.float32)
    own = vectors.mean(axis=0)
    if not len(background):
        return np.asarray(own, dtype=np.float32)
    share = len(vectors) / (len(vectors) + _CENTRE_SHRINKAGE)
    return np.asarray(share * own + (1 - share) * background.mean(axis=0), dtype=np.float32)


def typical_cosine(background: Vectors) -> float:
    """The mean cosine of two questions that have nothing to do with each other; encoders differ widely in it."""
    if len(background) < 2:
        return 0.0
    total = background.sum(axis=0)
    count = len(background)
    return float((total @ total - count) / (count * (count - 1)))


def _saved_rows(folder: Path) -> tuple[Vectors, Vectors]:
    """The centred rows of a saved index, copied, and their lengths."""
    import faiss

    flat = faiss.read_index(str(folder / "variants.faiss"))
    return _shared_rows(flat).astype(np.float32), np.load(folder / "lengths.npy", allow_pickle=False)


def _flat(centred: Vectors) -> Any:
    import faiss

    # One question over some thousand rows is too little work to share: waking threads takes longer than searching.
    faiss.omp_set_num_threads(1)
    index = faiss.IndexIDMap2(_rows_kept(centred.shape[1], len(centred)))
    if len(centred):
        index.add_with_ids(centred, np.arange(len(centred), dtype=np.int64))
    return index


def _rows_kept(dimension: int, count: int) -> Any:
    """Of very many rows in half precision: a cosine differs by less than 0.001, and the memory is half."""
    import faiss

    if count < COARSE_FROM:
        return faiss.IndexFlatIP(dimension)
    return faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)


def _shared_rows(flat: Any) -> Vectors:
    """FAISS' own memory, not a copy; valid as long as the index, which whoever reads it holds."""
    import faiss

    inner: Any = faiss.downcast_index(flat.index)
    shape = (inner.ntotal, inner.d)
    if not inner.ntotal:
        return np.zeros(shape, dtype=np.float32)
    numbers = np.float32 if isinstance(inner, faiss.IndexFlat) else np.float16
    rows: Vectors = faiss.rev_swig_ptr(inner.codes.data(), inner.ntotal * inner.code_size).view(numbers).reshape(shape)
    rows.flags.writeable = False
    return rows


def _top(scores: Scores, count: int) -> Rows:
    """Rows with the highest scores above zero."""
    least = _at_least(scores, count)
    found = np.flatnonzero(scores >= least) if least > 0 else np.flatnonzero(scores > 0)
    if count < len(found):
        found = found[np.argpartition(scores[found], len(found) - count)[-count:]]
    return np.asarray(found, dtype=np.int64)


def _at_least(scores: Scores, count: int) -> float:
    """A score that `count` rows reach: what the count-th best of equal parts has at its best. Spares sorting what is far below."""
    size = len(scores) // (4 * count)
    if size < 2:
        return 0.0
    best = scores[: 4 * count * size].reshape(4 * count, size).max(axis=1)
    return float(np.partition(best, len(best) - count)[-count])
