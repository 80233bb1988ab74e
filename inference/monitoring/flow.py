"""What an engine does, counted: answers and how they ended, waits, first tokens, time for each token, batches, prefixes found in the cache.

Knows numbers and clocks' differences; nothing of models, of the library or of who reads the counts.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Collection, Sequence
from typing import Protocol

from inference.contracts import DeviceUse, EngineStats, Finish, Spread, Usage

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_TOKEN_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.5)
_SIZES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
BOUNDS: dict[str, tuple[float, ...]] = {"queue_s": _SECONDS, "first_token_s": _SECONDS, "token_s": _TOKEN_SECONDS, "batch": _SIZES}


class Begun(Protocol):
    """What is asked of a running answer."""

    @property
    def has_begun(self) -> bool: ...


class Histogram:
    """Values sorted into `bounds` (upper ends, inclusive) and one place beyond them."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(bounds) + 1)
        self._total = 0.0

    def add(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._total += value

    def read(self) -> Spread:
        return Spread(self._bounds, tuple(self._counts), self._total)


class Flow:
    """Counts from its making on; any thread may tell it something."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spreads = {name: Histogram(bounds) for name, bounds in BOUNDS.items()}
        self._finishes: dict[Finish, int] = {}
        self._tokens = 0
        self._prompt_tokens = 0
        self._prefix_tokens = 0
        self._guessed = 0
        self._proven = 0

    def made(self, tokens: int) -> None:
        with self._lock:
            self._tokens += tokens

    def guessed(self, tokens: int, proven: int) -> None:
        """So many tokens were guessed in a step, and so many of them were right."""
        with self._lock:
            self._guessed += tokens
            self._proven += proven

    def stepped(self, batch: int) -> None:
        """One step of the model over so many answers."""
        with self._lock:
            self._spreads["batch"].add(batch)

    def prefilled(self, prompt: int, found: int) -> None:
        """A prompt of so many tokens, of which so many were found in the cache."""
        with self._lock:
            self._prompt_tokens += prompt
            self._prefix_tokens += found

    def ended(self, finish: Finish, usage: Usage) -> None:
        with self._lock:
            self._finishes[finish] = self._finishes.get(finish, 0) + 1
            self._spreads["queue_s"].add(usage.queue_ms / 1000)
            if usage.first_token_ms is None:
                return
            self._spreads["first_token_s"].add(usage.first_token_ms / 1000)
            if usage.new_tokens > 1:
                self._spreads["token_s"].add((usage.total_ms - usage.first_token_ms) / 1000 / (usage.new_tokens - 1))

    def stats(
        self,
        answers: Collection[Begun],
        refused: int,
        *,
        experts: tuple[tuple[int, ...], ...] = (),
        cache: tuple[int, int] = (0, 0),
        device: DeviceUse | None = None,
    ) -> EngineStats:
        """`answers` are those that are open now; `cache` is (tokens in use, tokens in all)."""
        begun = sum(answer.has_begun for answer in answers)
        with self._lock:
            return EngineStats(
                running=begun,
                waiting=len(answers) - begun,
                tokens_generated=self._tokens,
                answers=sum(self._finishes.values()),
                refused=refused,
                finishes=dict(self._finishes),
                prompt_tokens=self._prompt_tokens,
                prefix_tokens=self._prefix_tokens,
                guessed_tokens=self._guessed,
                proven_tokens=self._proven,
                cache_used=cache[0],
                cache_tokens=cache[1],
                spreads={name: histogram.read() for name, histogram in self._spreads.items()},
                device=device,
                expert_counts=experts,
            )
