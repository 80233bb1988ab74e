"""A circuit breaker: after failures in a row nobody calls for a while, and one success closes it again (M. Nygard, "Release It!").

Knows counts and a clock; nothing of what is called.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FIRST_REST_S, LONGEST_REST_S = 1.0, 30.0


class Breaker:
    """Opens at the `least`-th failure in a row. Each further failure doubles the rest, up to half a minute."""

    def __init__(self, least: int = 3, clock: Callable[[], float] = time.monotonic) -> None:
        self._least = least
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0
        self.why = ""

    @property
    def is_open(self) -> bool:
        return self._failures >= self._least

    @property
    def rest_s(self) -> float:
        """Until the next trial is worth its while; 0 where it is now, or the circuit is closed."""
        return max(0.0, self._until - self._clock()) if self.is_open else 0.0

    def succeeded(self) -> None:
        with self._lock:
            self._failures, self._until, self.why = 0, 0.0, ""

    def failed(self, why: str) -> bool:
        """True when this failure opened the circuit."""
        with self._lock:
            self._failures += 1
            self.why = why
            over = self._failures - self._least
            if over >= 0:
                self._until = self._clock() + min(LONGEST_REST_S, FIRST_REST_S * 2.0 ** min(over, 10))
            return over == 0
