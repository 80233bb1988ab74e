"""An encoder that keeps the vectors of the question in hand: its stages share them, and a trace that holds them can be replayed.

Each thread has a question of its own. Knows questions and vectors. Does not know traces or what vectors are for.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Mapping, Sequence

import numpy as np

from knowledge.contracts import Question
from knowledge.faq.encoder import Encoder, Role, Vectors

MOST = 64  # texts of one question; who brings more builds something

Noted = dict[str, str]  # by the mark of a text its vector, as JSON can hold it


class NotingEncoder:
    """A text of the question in hand is encoded once, so that all stages see the same vector, whatever else was in its batch."""

    def __init__(self, inner: Encoder) -> None:
        self.inner = inner
        self._held = threading.local()

    @property
    def version(self) -> str:
        return self.inner.version

    @property
    def dimension(self) -> int:
        return self.inner.dimension

    def begin(self, question: Question) -> None:
        """What is encoded from now on belongs to this question."""
        if getattr(self._held, "question", None) == question:
            return
        mark = mark_of(question.text)
        own = self._vectors.get(mark)
        self._held.question = question
        self._held.vectors = {} if own is None else {mark: own}

    def recall(self, question: Question, noted: Mapping[str, str]) -> None:
        """As if these had been encoded for it."""
        self._held.question = question
        self._held.vectors = {mark: np.frombuffer(base64.b64decode(vector), dtype="<f4").astype(np.float32) for mark, vector in noted.items()}

    def noted(self) -> Noted:
        """In full precision: half of it moves measures in their fourth decimal."""
        return {mark: base64.b64encode(vector.astype("<f4").tobytes()).decode() for mark, vector in self._vectors.items()}

    def encode(self, texts: Sequence[str], role: Role = "query") -> Vectors:
        if role != "query" or not 0 < len(texts) <= MOST:
            return self.inner.encode(texts, role)
        marks = [mark_of(text) for text in texts]
        known = self._vectors
        missing = {mark: text for mark, text in zip(marks, texts, strict=True) if mark not in known}
        if missing:
            found = self.inner.encode(list(missing.values()), role)
            if len(known) + len(missing) > MOST:
                known = {mark: known[mark] for mark in marks if mark in known}
            known |= dict(zip(missing, np.asarray(found, dtype=np.float32), strict=True))
            self._held.vectors = known
        return np.stack([known[mark] for mark in marks])

    @property
    def _vectors(self) -> dict[str, Vectors]:
        vectors: dict[str, Vectors] = getattr(self._held, "vectors", {})
        return vectors


class NoEncoder:
    """Where every vector is known beforehand: asked for another one, it says that it is missing."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.dimension = 0

    def encode(self, texts: Sequence[str], role: Role = "query") -> Vectors:
        raise LookupError(f"no vector is kept of {len(texts)} texts, such as {texts[0][:40]!r}" if texts else "nothing to encode")


def mark_of(text: str) -> str:
    """Short, whatever the length of the text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
