"""Which words mean about the same: film and movie, 酒店 and 宾馆. A table of word vectors, made once from the encoder, so that no encoder is needed.

`kin.npz` is written by `python -m inference.evaluation.kin_table`. Words that are not in it are like themselves only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.grounding.clauses import is_plain_word, stem

SHIPPED = Path(__file__).parent / "kin.npz"
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z][a-z'-]*")
_LONGEST = 4  # characters of a Chinese word
_BINDING = frozenset("的了吗呢啊吧是在和与及或就都也很还有个为以于把被这那您你我他她它们请")


class Kin:
    """The table. A word's place is its row; -1 where it has none."""

    def __init__(self, words: Sequence[str], vectors: NDArray[np.int8]) -> None:
        self._places = {word: place for place, word in enumerate(words)}
        self._vectors = vectors

    def words_of(self, plain: str) -> Iterator[str]:
        """Words of content; a run of Chinese is cut into the longest words that the table has, from the left."""
        for run in _RUN.finditer(plain):
            if run[0] < "z":
                if not is_plain_word(run[0]):
                    yield run[0].removesuffix("'s")
                continue
            yield from self._cut(run[0])

    def _cut(self, run: str) -> Iterator[str]:
        at = 0
        while at < len(run):
            size = next((size for size in range(min(_LONGEST, len(run) - at), 1, -1) if run[at : at + size] in self._places), 1)
            word = run[at : at + size]
            at += size
            if word not in _BINDING:
                yield word

    def rows(self, words: Sequence[str]) -> NDArray[np.float32]:
        """(words, directions), of length 1; zeros where the table has none."""
        places = np.array([self._places.get(word, -1) for word in words], dtype=np.int64)
        rows = self._vectors[places].astype(np.float32)
        rows[places < 0] = 0.0
        return rows / np.float32(127)


class Kinship:
    """The words of a text, and how near other words come to them."""

    def __init__(self, kin: Kin, plain: str) -> None:
        self._kin = kin
        words = list(dict.fromkeys(kin.words_of(plain)))
        self._words = frozenset(stem(word) or word for word in words)
        self._rows = kin.rows(words)

    def of(self, plain: str) -> list[float]:
        """For each word of content of another text its nearest word here: 1 for the same, 0 for one at 60 degrees and more."""
        words = list(self._kin.words_of(plain))
        if not words:
            return []
        nearest = (self._kin.rows(words) @ self._rows.T).max(axis=1, initial=0.0)
        return [1.0 if (stem(word) or word) in self._words else max(0.0, 2 * float(value) - 1) for word, value in zip(words, nearest, strict=True)]


@lru_cache(maxsize=1)
def shipped() -> Kin:
    with np.load(SHIPPED) as file:
        return Kin(file["words"].tobytes().decode().split("\n"), file["vectors"])
