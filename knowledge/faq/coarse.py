"""A coarse look at many vectors: along their principal axes only, so that an exact look at a few hundred of them is enough.

Knows vectors. Equal vectors give equal axes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.encoder import Vectors

COARSE_FROM = 20_000  # vectors; below, looking at all of them takes a moment
AXES = 96
_SAMPLE = 8192  # rows that the axes are found on


class Coarse:
    def __init__(self, axes: Vectors, faiss_index: Any) -> None:
        self.axes = axes  # (d, AXES)
        self._faiss = faiss_index

    @classmethod
    def over(cls, vectors: Vectors) -> Coarse:
        import faiss

        step = max(1, len(vectors) // _SAMPLE)
        sample = vectors[::step].astype(np.float64)
        _, axes = np.linalg.eigh(sample.T @ sample)
        kept = np.ascontiguousarray(axes[:, ::-1][:, :AXES], dtype=np.float32)
        index = faiss.IndexScalarQuantizer(kept.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        for start in range(0, len(vectors), _SAMPLE):
            index.add(np.ascontiguousarray(vectors[start : start + _SAMPLE] @ kept))
        return cls(kept, index)

    def nearest(self, vector: Vectors, count: int) -> NDArray[np.int64]:
        _, ids = self._faiss.search((vector @ self.axes).reshape(1, -1), count)
        return np.asarray(ids[0], dtype=np.int64)

    def save(self, folder: Path) -> None:
        import faiss

        np.save(folder / "axes.npy", self.axes)
        faiss.write_index(self._faiss, str(folder / "coarse.faiss"))

    @staticmethod
    def is_in(folder: Path) -> bool:
        return (folder / "axes.npy").is_file()

    @classmethod
    def open(cls, folder: Path) -> Coarse:
        import faiss

        return cls(np.load(folder / "axes.npy", allow_pickle=False), faiss.read_index(str(folder / "coarse.faiss")))
