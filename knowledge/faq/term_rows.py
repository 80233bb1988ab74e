"""How often each term stands in each text: the rows that both lexical views are weighed from.

What one snapshot has counted the next one takes over, so that only changed texts are cut into terms. Equal texts give equal
rows, whatever was taken over. Knows terms and counts; no weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.coarse import COARSE_FROM

Analyser = Callable[[str], list[str]]
Places = NDArray[np.int32]
_MOST_COUNTED = 255  # in one text; more says no more


@dataclass(frozen=True, slots=True)
class Columns:
    """Of each term the rows that have it, and their values there."""

    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: NDArray[np.floating[Any]]

    def rows_of(self, column: int) -> NDArray[np.int32]:
        return self.rows[self.starts[column] : self.starts[column + 1]]

    def add_to(self, total: NDArray[np.float32], column: int, weight: float) -> None:
        start, end = self.starts[column : column + 2]
        total[self.rows[start:end]] += np.float32(weight) * self.values[start:end]


class TermRows:
    """Row by row the columns of its terms, ascending, and their counts; the vocabulary is sorted and holds what is in use."""

    def __init__(self, vocabulary: Sequence[str], counts: NDArray[np.uint8], columns: Places, starts: NDArray[np.int64]) -> None:
        self.vocabulary = vocabulary
        self.counts, self.columns, self.starts = counts, columns, starts

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def build(cls, analyse: Analyser, texts: Sequence[str], before: tuple[Sequence[str], TermRows] | None = None) -> TermRows:
        """`before`: texts and their rows, of the same analyser."""
        old_texts, old = before or ((), _EMPTY)
        places = {text: place for place, text in enumerate(old_texts)}
        new = {text: Counter(analyse(text)) for text in dict.fromkeys(texts) if text not in places}
        added = _counted(old.vocabulary, new.values())
        both = _stacked(old, added)
        places |= {text: len(old) + number for number, text in enumerate(new)}
        return _tidy(both, np.array([places[text] for text in texts], dtype=np.int64), len(old))

    def save(self, folder: Path, name: str) -> None:
        (folder / f"{name}.terms.txt").write_text("\n".join(self.vocabulary), encoding="utf-8")
        for part in ("counts", "columns", "starts"):
            np.save(folder / f"{name}.{part}.npy", getattr(self, part))

    @classmethod
    def open(cls, folder: Path, name: str) -> TermRows:
        told = (folder / f"{name}.terms.txt").read_text(encoding="utf-8")
        counts, columns, starts = (np.load(folder / f"{name}.{part}.npy", allow_pickle=False) for part in ("counts", "columns", "starts"))
        return cls(told.split("\n") if len(columns) else [], counts, columns, starts)

    def frequency(self) -> NDArray[np.int64]:
        """In how many rows each term stands."""
        return np.bincount(self.columns, minlength=len(self.vocabulary))

    def by_column(self, values: NDArray[np.float32]) -> Columns:
        """One value for each count, as a scipy matrix that is quick by column; of very many in half precision, which is enough."""
        from scipy import sparse

        made = sparse.csr_matrix((values, self.columns, self.starts), shape=(len(self), len(self.vocabulary))).tocsc()
        return Columns(made.indptr, made.indices, made.data.astype(np.float16) if len(self) >= COARSE_FROM else made.data)

    def row_of_each(self) -> NDArray[np.int64]:
        """The row of each count."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.starts))


_EMPTY = TermRows([], np.zeros(0, np.uint8), np.zeros(0, np.int32), np.zeros(1, np.int64))


def _counted(known: Sequence[str], rows: Any) -> TermRows:
    """Columns go on after those of the known vocabulary."""
    number = {term: column for column, term in enumerate(known)}
    counts: list[int] = []
    columns: list[int] = []
    starts = [0]
    for row in rows:
        columns.extend(number.setdefault(term, len(number)) for term in row)
        counts.extend(row.values())
        starts.append(len(columns))
    capped = np.minimum(np.array(counts, dtype=np.int64), _MOST_COUNTED).astype(np.uint8)
    return TermRows(list(number), capped, np.array(columns, dtype=np.int32), np.array(starts, dtype=np.int64))


def _stacked(old: TermRows, added: TermRows) -> TermRows:
    starts = np.concatenate([old.starts, added.starts[1:] + old.starts[-1]])
    return TermRows(added.vocabulary, np.concatenate([old.counts, added.counts]), np.concatenate([old.columns, added.columns]), starts)


def _tidy(rows: TermRows, order: NDArray[np.int64], num_old: int) -> TermRows:
    """The named rows in their order; unused terms left out, the vocabulary sorted, each row's columns ascending as the old ones' are already."""
    sizes = np.diff(rows.starts)[order]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    taken = np.arange(starts[-1]) + np.repeat(rows.starts[order] - starts[:-1], sizes)
    columns, counts = rows.columns[taken], rows.counts[taken]
    used = np.unique(columns)
    terms = sorted((rows.vocabulary[column], column) for column in used.tolist())
    place = np.zeros(len(rows.vocabulary), dtype=np.int32)
    place[[column for _, column in terms]] = np.arange(len(terms), dtype=np.int32)
    columns = place[columns]
    for row in np.flatnonzero(order >= num_old):
        here = slice(starts[row], starts[row + 1])
        ascending = np.argsort(columns[here])
        columns[here], counts[here] = columns[here][ascending], counts[here][ascending]
    return TermRows([term for term, _ in terms], counts, columns, starts)
