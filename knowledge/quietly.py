"""Long computing that gives way to everything else on the machine: in a thread of its own, of low priority, while its caller tells how far it is.

The work must not touch the database: its thread has no part in the caller's transaction. Knows threads; nothing of what is computed.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

PRIORITY = 10

Made = TypeVar("Made")


def quietly(work: Callable[[], Made], meanwhile: Callable[[], None], *, every_s: float = 1.0) -> Made:
    with ThreadPoolExecutor(1, thread_name_prefix="quiet") as pool:
        made = pool.submit(_lowered, work)
        while True:
            try:
                return made.result(every_s)
            except TimeoutError:
                if made.done():  # it was the work's own
                    raise
                meanwhile()


def _lowered(work: Callable[[], Made]) -> Made:
    with contextlib.suppress(OSError, AttributeError):  # Linux counts priorities by thread; elsewhere the work goes on as it is
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PRIORITY)
    return work()
