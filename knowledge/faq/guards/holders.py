"""Which variants hold a word, and whose they are: small beside the bank, however many variants it has.

Knows words and numbers. Does not know what is made of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]


class Holders:
    """Immutable once built. `rows[starts[i]:starts[i + 1]]` hold the i-th word of the vocabulary; `owners`: the FAQ of each row."""

    def __init__(self, vocabulary: Sequence[str], starts: Numbers, rows: Numbers, owners: Numbers) -> None:
        self.vocabulary, self.starts, self.rows, self.owners = vocabulary, starts, rows, owners
        self._places = {word: place for place, word in enumerate(vocabulary)}

    @classmethod
    def of(cls, texts: Sequence[tuple[int, Sequence[str]]]) -> Holders:
        """Each text's FAQ and words."""
        held: dict[str, list[int]] = defaultdict(list)
        for row, (_, words) in enumerate(texts):
            for word in set(words):
                held[word].append(row)
        starts = np.cumsum([0, *(len(rows) for rows in held.values())], dtype=np.int32)
        rows = np.fromiter((row for rows in held.values() for row in rows), dtype=np.int32, count=int(starts[-1]))
        return cls(list(held), starts, rows, np.array([faq for faq, _ in texts], dtype=np.int32))

    def __contains__(self, word: str) -> bool:
        return word in self._places

    def with_words(self, words: Iterable[str]) -> Holders:
        """Words of texts that came later: they are known, though nobody holds them yet."""
        added = [word for word in dict.fromkeys(words) if word not in self._places]
        starts = np.concatenate([self.starts, np.full(len(added), self.starts[-1], dtype=np.int32)])
        return Holders([*self.vocabulary, *added], starts, self.rows, self.owners)

    def rows_of(self, word: str) -> Numbers:
        if (place := self._places.get(word)) is None:
            return self.rows[:0]
        return self.rows[self.starts[place] : self.starts[place + 1]]

    def save(self, folder: Path) -> None:
        told = "\n".join(self.vocabulary)
        (folder / "holders.txt").write_text(told, encoding="utf-8", errors="surrogatepass", newline="")
        np.savez(folder / "holders.npz", starts=self.starts, rows=self.rows, owners=self.owners)

    @classmethod
    def open(cls, folder: Path) -> Holders:
        with (folder / "holders.txt").open(encoding="utf-8", errors="surrogatepass", newline="") as file:
            told = file.read()
        with np.load(folder / "holders.npz", allow_pickle=False) as kept:
            return cls(told.split("\n") if told else [], kept["starts"], kept["rows"], kept["owners"])
