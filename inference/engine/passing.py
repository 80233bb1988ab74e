"""Work with torch on a thread that ends with it.

OpenMP keeps helpers for every living thread that ever computed, and where these are more than the cores, hardly any waits awake for
its next piece of work (libgomp, "throttled spin count"): a quarter of the engine's speed. So whoever computes only once, beside
the engine's own thread, does it here.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def in_passing(work: Callable[..., T], *arguments: object) -> T:
    """What the work gives or raises."""
    with ThreadPoolExecutor(1, "passing") as thread:
        return thread.submit(work, *arguments).result()
