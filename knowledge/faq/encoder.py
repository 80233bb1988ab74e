"""Texts to vectors: the encoder's interface, the real one, a deterministic one without a model, and micro-batching.

Knows sentence-transformers folders. Does not know what the vectors are for.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.normalise import grams, whole
from knowledge.faq.tuning.delta import delta_apply
from knowledge.faq.weights import weights_sketch

Vectors = NDArray[np.float32]
Role = Literal["query", "passage"]

TOGETHER = 8  # texts of one pass: more give no more texts a second, and let each wait longer
GATHER_S = 0.001
MAX_TOKENS = 128
FEW_TOKENS = 256  # of a pass: a second thread costs more than it brings (8 to 9 ms instead of 7 for one question), and others have use for it
OF_THE_MACHINE = {"manifest.json", "config.json", "config_sentence_transformers.json"}  # they name the versions of libraries
COMPUTED = "2"  # how vectors are computed; another number for another way, so that stored ones are made again


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
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for gram in grams(text) or [text]:
                digest = hashlib.blake2b(gram.encode("utf-8", "surrogatepass"), digest_size=8).digest()
                vectors[row, int.from_bytes(digest[:4], "little") % self._dimension] += 1.0 if digest[4] & 1 else -1.0
        return normalised(vectors)


class SentenceEncoder:
    """A sentence-transformers folder on CPU. E5 models want a prefix that tells questions from passages.

    Its linear layers are packed for this CPU, after the weights were changed for good. `version` does not say how: on every CPU the
    vectors agree to a cosine of 0.9999, and a snapshot has to open on machines of several kinds. For one thread at a time.
    """

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as library_logging

        from knowledge.faq.linears import pack_linears

        library_logging.disable_progress_bar()
        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True).eval()
        self._model.max_seq_length = min(self._model.max_seq_length or MAX_TOKENS, MAX_TOKENS)
        self._has_prefixes = has_prefixes(folder)
        taught = delta_apply(self._model[0].auto_model, folder)
        pack_linears(self._model[0].auto_model)
        self._version = "-".join(part for part in (folder.name, _fingerprint(folder), taught, COMPUTED) if part)
        self._dimension = int(self._model.get_embedding_dimension() or 0)

    @property
    def version(self) -> str:
        return self._version

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode(self, texts: Sequence[str], role: Role = "query") -> Vectors:
        """Texts of about the same length are computed together. `SentenceTransformer.encode` gives the same and takes longer for one text."""
        prepared = [f"{role}: {text}" if self._has_prefixes else text for text in map(whole, texts)]
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(prepared[place].encode()))
        for start in range(0, len(order), TOGETHER):
            places = order[start : start + TOGETHER]
            vectors[places] = self._encode([prepared[place] for place in places])
        return normalised(vectors)

    def _encode(self, texts: list[str]) -> Vectors:
        import torch

        features = self._model.preprocess(texts)
        usual = torch.get_num_threads()
        if features["input_ids"].numel() <= FEW_TOKENS:
            torch.set_num_threads(1)
        try:
            with torch.inference_mode():
                found: Any = self._model(features)["sentence_embedding"]
        finally:
            torch.set_num_threads(usual)
        return np.asarray(found.float().numpy(), dtype=np.float32)


@dataclass(slots=True, eq=False)
class _Asked:
    texts: Sequence[str]
    role: Role
    vectors: Vectors | None = None
    error: BaseException | None = None

    @property
    def is_done(self) -> bool:
        return self.vectors is not None or self.error is not None


class BatchingEncoder:
    """Lets many threads share one encoder: what arrives while a batch is computed forms the next batch.

    No thread of its own: whoever finds the encoder idle computes for all who wait. Whoever brings many texts lets those with few
    go between.
    """

    def __init__(self, inner: Encoder, most: int = TOGETHER) -> None:
        self._inner = inner
        self._most = most
        self._waiting: list[_Asked] = []
        self._is_busy = False
        self._last_size = 0
        self._changed = threading.Condition()

    @property
    def version(self) -> str:
        return self._inner.version

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    def encode(self, texts: Sequence[str], role: Role = "query") -> Vectors:
        if len(texts) <= self._most:
            return self._encode_few(texts, role)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), self._most):
            places = order[start : start + self._most]
            vectors[places] = self._encode_few([texts[place] for place in places], role)
        return vectors

    def _encode_few(self, texts: Sequence[str], role: Role) -> Vectors:
        mine = _Asked(texts, role)
        with self._changed:
            self._waiting.append(mine)
            self._changed.notify_all()
        while batch := self._batch_for(mine):
            self._compute(batch)
        if mine.error is not None:
            raise mine.error
        assert mine.vectors is not None
        return mine.vectors

    def _batch_for(self, mine: _Asked) -> list[_Asked]:
        """Waits until it is computed (then there is none) or until the encoder is idle: then the batch that this thread is to compute."""
        with self._changed:
            self._changed.wait_for(lambda: mine.is_done or not self._is_busy)
            if mine.is_done:
                return []
            self._is_busy = True
            # Where several came at once a moment ago, their next texts are just being written: the first one waits for the others.
            self._changed.wait_for(lambda: len(self._waiting) >= self._last_size, GATHER_S)
            batch = self._take_batch()
            self._last_size = len(batch)
            return batch

    def _take_batch(self) -> list[_Asked]:
        """The longest waiting and whoever fits in beside it, in the order of coming."""
        batch: list[_Asked] = []
        room = self._most
        for asked in self._waiting:
            if not batch or (asked.role == batch[0].role and len(asked.texts) <= room):
                batch.append(asked)
                room -= len(asked.texts)
        self._waiting = [asked for asked in self._waiting if asked not in batch]
        return batch

    def _compute(self, batch: Sequence[_Asked]) -> None:
        try:
            vectors = self._inner.encode([text for asked in batch for text in asked.texts], batch[0].role)
            start = 0
            for asked in batch:
                asked.vectors = vectors[start : start + len(asked.texts)]
                start += len(asked.texts)
        except BaseException as error:  # noqa: BLE001 - every waiting thread has to hear of it; this one raises it too
            for asked in batch:
                asked.error = error
        finally:
            with self._changed:
                self._is_busy = False
                self._changed.notify_all()


def load_encoder(folder: Path | str) -> Encoder:
    """`hash` gives the encoder without a model."""
    if str(folder) == "hash":
        return HashEncoder()
    return BatchingEncoder(SentenceEncoder(Path(folder)))


def normalised(vectors: Vectors) -> Vectors:
    """Zero vectors stay zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


def has_prefixes(folder: Path) -> bool:
    """Whether the model wants `query: ` or `passage: ` before a text."""
    return "e5" in folder.name.lower() or "e5" in str(_config_of(folder).get("_name_or_path", "")).lower()


def _config_of(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _fingerprint(folder: Path) -> str:
    """Of the weights, and of names and sizes of the files that say how they are used: the same on every machine that made its own folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.suffix == ".safetensors":
            digest.update(f"{name}:".encode() + weights_sketch(path))
        elif path.suffix in (".bin", ".json", ".model") and name not in OF_THE_MACHINE:
            digest.update(f"{name}:{path.stat().st_size};".encode())
    return digest.hexdigest()[:12]
