"""Who may come in: so many answers at once, so many tokens of cache, and an honest time to come back.

Knows counts and clocks; nothing of models. A refusal is immediate, so that nobody waits behind a full engine.
"""

from __future__ import annotations

import threading
import time

from inference.contracts import EngineOverloaded


class Admission:
    """Reserves prompt + new tokens of each answer until it is released."""

    def __init__(self, *, slots: int, tokens: int) -> None:
        self._slots = slots
        self._tokens = tokens
        self._reserved: dict[str, tuple[int, float]] = {}
        self._usual_s = 5.0  # how long an answer takes, learned as answers end
        self._lock = threading.Lock()
        self.refused = 0

    def admit(self, id: str, tokens: int) -> None:
        with self._lock:
            if id in self._reserved:
                raise ValueError(f"id: an answer {id} is running already")
            free = self._tokens - sum(reserved for reserved, _ in self._reserved.values())
            if len(self._reserved) >= self._slots or tokens > free:
                self.refused += 1
                raise EngineOverloaded(self._retry_after_s())
            self._reserved[id] = (tokens, time.perf_counter())

    def release(self, id: str) -> None:
        with self._lock:
            if (entry := self._reserved.pop(id, None)) is not None:
                self._usual_s = 0.8 * self._usual_s + 0.2 * (time.perf_counter() - entry[1])

    def _retry_after_s(self) -> float:
        """When the oldest answer is likely to end."""
        oldest = min((since for _, since in self._reserved.values()), default=0.0)
        return max(1.0, self._usual_s - (time.perf_counter() - oldest)) if oldest else 1.0
