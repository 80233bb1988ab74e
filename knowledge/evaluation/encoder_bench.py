"""The encoder beside its slow twin: questions a second alone and from many threads at once, and how far the vectors are apart.

The twin is the library's own way: single precision, `SentenceTransformer.encode`, one question after the other, with the same weights.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.evaluation.figures import percentile
from knowledge.faq.encoder import MAX_TOKENS, Encoder, Role, Vectors, has_prefixes
from knowledge.faq.normalise import whole
from knowledge.faq.tuning.delta import delta_apply

ASKERS = 16
ROUNDS = 5


class SlowTwin:
    """What `SentenceEncoder` has to agree with."""

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self._model.max_seq_length = min(self._model.max_seq_length or MAX_TOKENS, MAX_TOKENS)
        self._has_prefixes = has_prefixes(folder)
        delta_apply(self._model[0].auto_model, folder)

    def encode(self, texts: Sequence[str], role: Role = "query") -> Vectors:
        return np.concatenate([self._one(f"{role}: {text}" if self._has_prefixes else text) for text in map(whole, texts)])

    def _one(self, text: str) -> Vectors:
        found: Any = self._model.encode([text], convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds for the same questions, measured one after the other."""

    twin: float
    alone: float
    together: float
    each_alone: tuple[float, ...]


def measure(twin: SlowTwin, ours: Encoder, texts: Sequence[str], *, rounds: int = ROUNDS, askers: int = ASKERS) -> dict[str, Any]:
    """`ours` has to be made for many threads. The first pass warms both and compares their vectors."""
    cosines = np.sum(twin.encode(texts) * np.concatenate([ours.encode([text]) for text in texts]), axis=1)
    return figures([_round(twin, ours, texts, askers) for _ in range(rounds)], len(texts), float(cosines.min()))


def figures(rounds: Sequence[Round], num_texts: int, cosine_min: float) -> dict[str, Any]:
    """Medians of the rounds; the ratios are medians of the rounds' own, so that a busy minute weighs on both sides."""
    each = [seconds * 1000 for one in rounds for seconds in one.each_alone]
    return {
        "one_by_one_qps": _median(num_texts / one.twin for one in rounds),
        "ours_alone_qps": _median(num_texts / one.alone for one in rounds),
        "ours_concurrent_qps": _median(num_texts / one.together for one in rounds),
        "ratio": _median(one.twin / one.together for one in rounds),
        "ratio_alone": _median(one.twin / one.alone for one in rounds),
        "cosine_min": round(cosine_min, 5),
        "alone_ms": {name: percentile(each, share) for name, share in (("p50", 0.5), ("p95", 0.95))},
        "n": num_texts,
    }


def _round(twin: SlowTwin, ours: Encoder, texts: Sequence[str], askers: int) -> Round:
    each = tuple(_seconds(lambda text=text: ours.encode([text])) for text in texts)  # type: ignore[misc]
    with ThreadPoolExecutor(askers) as pool:
        together = _seconds(lambda: list(pool.map(lambda text: ours.encode([text]), texts)))
    return Round(_seconds(lambda: twin.encode(texts)), sum(each), together, each)


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 2)
