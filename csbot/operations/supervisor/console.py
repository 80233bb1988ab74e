"""What the operator reads while an installation starts: each step with its time, in one format."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Console:
    """Lines on standard output, flushed at once; times count from the start of the process."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def say(self, text: str) -> None:
        sys.stdout.write(f"{self.elapsed():7.1f} s  {text}\n")
        sys.stdout.flush()

    def plain(self, text: str = "") -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        start = time.monotonic()
        yield
        self.say(f"{what} ({time.monotonic() - start:.1f} s)")

    def elapsed(self) -> float:
        return time.monotonic() - self._start
