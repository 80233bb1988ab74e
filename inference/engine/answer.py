"""A running answer: an engine pushes text into it, one reader iterates over it.

Knows queues, clocks and stop strings. Knows nothing of tokens, models or who reads.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator

from inference.contracts import Finish, GenerationRequest, Usage
from inference.engine.stops import StopCutter


class Answer:
    """The `Handle` of every backend. The first `end` wins; what is pushed after it is dropped."""

    def __init__(self, request: GenerationRequest, *, prompt_tokens: int = 0, abandon: Callable[[str], None]) -> None:
        self.request = request
        self._abandon = abandon  # called when the reader walks away before the end
        self._pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._cutter = StopCutter(request.stop)
        self._lock = threading.Lock()
        self._finish: Finish | None = None
        self._error: Exception | None = None
        self._prompt_tokens = prompt_tokens
        self._new_tokens = 0
        self._submitted = time.perf_counter()
        self._started: float | None = None
        self._first: float | None = None
        self._ended: float | None = None

    @property
    def id(self) -> str:
        return self.request.id

    @property
    def finish(self) -> Finish | None:
        return self._finish

    @property
    def deadline_left_s(self) -> float:
        return self.request.deadline_s - (time.perf_counter() - self._submitted)

    @property
    def has_begun(self) -> bool:
        return self._first is not None

    @property
    def usage(self) -> Usage:
        def since_submit(moment: float | None) -> float | None:
            return None if moment is None else (moment - self._submitted) * 1000

        return Usage(
            prompt_tokens=self._prompt_tokens,
            new_tokens=self._new_tokens,
            queue_ms=since_submit(self._started) or 0.0,
            first_token_ms=since_submit(self._first),
            total_ms=since_submit(self._ended or time.perf_counter()) or 0.0,
        )

    def __iter__(self) -> Iterator[str]:
        try:
            while (piece := self._next()) is not None:
                yield piece
        finally:
            if self._finish is None:
                self._abandon(self.id)
        if self._error is not None:
            raise self._error

    def _next(self) -> str | None:
        try:
            return self._pieces.get(timeout=self.request.pulse_s)
        except queue.Empty:
            return ""

    # --- the engine's side ---------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The engine took the request out of its queue."""
        self._started = self._started or time.perf_counter()

    def count(self, tokens: int) -> None:
        """So many tokens were made; their text may still be held back."""
        if tokens and self._first is None:
            self._first = time.perf_counter()
            self._started = self._started or self._first
        self._new_tokens += tokens

    def push(self, text: str) -> bool:
        """Hands text to the reader; true when a stop string was met and the engine should stop. A NUL is no text: no database keeps one."""
        with self._lock:
            if self._finish is None and (shown := self._cutter.feed(text.replace("\0", ""))):
                self._pieces.put(shown)
            return self._cutter.is_cut

    def end(self, finish: Finish, error: Exception | None = None) -> bool:
        """Ends the answer; false when it had ended before. `error` is raised to the reader after the last piece."""
        with self._lock:
            if self._finish is not None:
                return False
            if rest := self._cutter.flush():
                self._pieces.put(rest)
            self._ended = time.perf_counter()
            self._error = error
            self._finish = finish
            self._pieces.put(None)
            return True
