"""What a large bank costs: `python -m knowledge.evaluation.size_bench PART …` prints one JSON object.

build FOLDER COUNT SEED   a snapshot of so many made-up variants; texts encoded before are not encoded again
serve FOLDER COUNT SEED   the memory of a process that has opened it and routed questions, and how long those took, encoder aside
Runs in processes of its own, so that one part's memory is not another's. Knows files; no rows.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from knowledge.contracts import Question
from knowledge.evaluation.figures import percentile
from knowledge.evaluation.synthetic import bank_made, questions_made
from knowledge.faq.encoder import HashEncoder, Vectors
from knowledge.vectors import RememberingEncoder

QUESTIONS = 200
DIMENSION = 384  # as the default encoder's; the vectors themselves are made from spelling
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def build(folder: Path, count: int, seed: int) -> dict[str, Any]:
    """Progress on stderr, as the base's page shows it."""
    from knowledge import opening

    bank = bank_made(count, seed)
    total = opening.texts_encoded(bank)
    done = 0

    def told(lot: int) -> None:
        nonlocal done
        done += lot
        sys.stderr.write(f"{min(done, total)} of {total} texts\n")
        sys.stderr.flush()

    start = time.perf_counter()
    encoder = RememberingEncoder(HashEncoder(DIMENSION), folder / "vectors", told)
    (folder / "snapshot").mkdir(parents=True, exist_ok=True)
    opening.build(bank, encoder, folder / "snapshot")
    return {"seconds": round(time.perf_counter() - start, 1), "encoded": encoder.num_encoded, "texts": total}


def serve(folder: Path, count: int, seed: int) -> dict[str, Any]:
    from knowledge.opening import open_parts

    questions = questions_made(bank_made(min(count, 1000) or 1000, seed), QUESTIONS, seed)
    encoder = HashEncoder(DIMENSION)
    vectors = encoder.encode(questions)
    gc.collect()
    before_mb = memory_mb()
    start = time.perf_counter()
    parts = open_parts(folder / "snapshot", encoder)
    opened_s = time.perf_counter() - start
    asked = [Question(text, NOW) for text in questions]
    known = _Known(dict(zip(questions, vectors, strict=True)), encoder)
    parts.router.encoder, parts.evidence.encoder = known, known
    route = list(_timed(lambda place: parts.router.route(asked[place], vectors[place])))
    search = list(_timed(lambda place: parts.router.rank(questions[place], vectors[place])))
    for place in range(0, QUESTIONS, 4):
        parts.evidence.select(asked[place], parts.router.route(asked[place], vectors[place]), vectors[place])
    gc.collect()
    return {
        "open_s": round(opened_s, 2),
        "mb": round(memory_mb() - before_mb, 1),
        "route_ms": _spread(route[10:]),  # the first ones read dictionaries
        "search_ms": _spread(search[10:]),
    }


class _Known:
    """Vectors that are there already: what is timed is everything but encoding."""

    def __init__(self, vectors: dict[str, Vectors], inner: HashEncoder) -> None:
        self._vectors, self._inner = vectors, inner

    version = "known"
    dimension = DIMENSION

    def encode(self, texts: Any, role: Any = "query") -> Vectors:
        import numpy as np

        return np.stack([self._vectors[text] if text in self._vectors else self._inner.encode([text])[0] for text in texts])


def _timed(work: Callable[[int], object]) -> Iterator[float]:
    for place in range(QUESTIONS):
        start = time.perf_counter()
        work(place)
        yield (time.perf_counter() - start) * 1000


def _spread(values: list[float]) -> dict[str, float | None]:
    return {name: percentile(values, share) for name, share in (("p50", 0.5), ("p95", 0.95))}


def memory_mb() -> float:
    """Resident, this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


PARTS = {"build": build, "serve": serve}

if __name__ == "__main__":
    name, where, size, number = sys.argv[1:5]
    sys.stdout.write(json.dumps(PARTS[name](Path(where), int(size), int(number))) + "\n")
