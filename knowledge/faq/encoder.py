"""Texts to vectors: the encoder's interface, the real one, a deterministic one without a model, and micro-batching.

Knows sentence-transformers folders. Does not know what the vectors are for.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.tuning.delta import delta_apply

Vectors = NDArray[np.float32]
Role = Literal["query", "passage"]


class Encoder(Protocol):
    """`version` names the model and everything that changes its vectors; snapshots carry it."""

    @property
    def version(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str], role: Role = "query") -> Vectors:
        """(n, d), L2-normalised."""
        ...


class HashEncoder:
    """Character pieces hashed into a vector: similar spelling, similar vector. For tests and first wiring; knows no meaning."""

    def __init__(self, dimension: int = 256) -> None:
        self._dimension = dimension

    @property
    def version(self) -> str:
        return f"hash-{self._dimension}-1"

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode(self, texts: Sequence[str], role: Role = "query") -> Vectors:
        from knowledge.faq.normalise import grams

        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for gram in grams(text) or [text]:
                digest = hashlib.blake2b(gram.encode("utf-8", "surrogatepass"), digest_size=8).digest()
                vectors[row, int.from_bytes(digest[:4], "little") % self._dimension] += 1.0 if digest[4] & 1 else -1.0
        return normalised(vectors)


class SentenceEncoder:
    """A sentence-transformers folder on CPU. E5 models want a prefix that tells questions from passages."""

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as library_logging

        library_logging.disable_progress_bar()
        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self._model.max_seq_length = min(self._model.max_seq_length or 128, 128)
        self._has_prefixes = "e5" in folder.name.lower() or "e5" in str(_config_of(folder).get("_name_or_path", "")).lower()
        taught = delta_apply(self._model[0].auto_model, folder)
        self._version = "-".join(part for part in (folder.name, _fingerprint(folder), taught) if part)
        self._dimension = int(self._model.get_embedding_dimension() or 0)

    @property
    def version(self) -> str:
        return self._version

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode(self, texts: Sequence[str], role: Role = "query") -> Vectors:
        prepared = [f"{role}: {text}" if self._has_prefixes else text for text in texts]
        found: Any = self._model.encode(prepared, batch_size=32, convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, dtype=np.float32).reshape(len(texts), -1)


class BatchingEncoder:
    """Lets many threads share one encoder: what arrives while a batch is computed forms the next batch.

    No timer and no thread of its own: whoever finds the encoder idle computes for all who wait.
    """

    def __init__(self, inner: Encoder, most: int = 32) -> None:
        self._inner = inner
        self._most = most
        self._waiting: list[tuple[str, Role, Future[Vectors]]] = []
        self._lock = threading.Lock()
        self._computing = threading.Lock()

    @property
    def version(self) -> str:
        return self._inner.version

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    def encode(self, texts: Sequence[str], role: Role = "query") -> Vectors:
        if len(texts) != 1:
            with self._computing:
                return self._inner.encode(texts, role)
        mine: Future[Vectors] = Future()
        with self._lock:
            self._waiting.append((texts[0], role, mine))
        while not mine.done():
            with self._computing:
                if not mine.done():
                    self._compute_batch()
        return mine.result()

    def _compute_batch(self) -> None:
        with self._lock:
            role = self._waiting[0][1]
            batch = [item for item in self._waiting if item[1] == role][: self._most]
            self._waiting = [item for item in self._waiting if item not in batch]
        try:
            vectors = self._inner.encode([text for text, _, _ in batch], role)
        except Exception as error:  # noqa: BLE001 - every waiting thread has to hear of it
            for _, _, future in batch:
                future.set_exception(error)
            return
        for row, (_, _, future) in enumerate(batch):
            future.set_result(vectors[row : row + 1])


def load_encoder(folder: Path | str) -> Encoder:
    """`hash` gives the encoder without a model."""
    if str(folder) == "hash":
        return HashEncoder()
    return BatchingEncoder(SentenceEncoder(Path(folder)))


def normalised(vectors: Vectors) -> Vectors:
    """Zero vectors stay zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


def _config_of(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _fingerprint(folder: Path) -> str:
    """Of names and sizes of the weights and of the small files' content: reading half a gigabyte at each start is too slow."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".safetensors", ".bin", ".json", ".model"):
            digest.update(f"{path.relative_to(folder)}:{path.stat().st_size};".encode())
            if path.suffix == ".safetensors":
                with path.open("rb") as weights:
                    weights.seek(max(0, path.stat().st_size - 4096))
                    digest.update(weights.read())
    return digest.hexdigest()[:12]
