"""What was cancelled ends. Knows asyncio; nothing of what is cancelled."""

from __future__ import annotations

import asyncio


def end_if_cancelled() -> None:
    """For loops, after they have asked a library: raise a cancel that it swallowed, or nothing would ever end the loop.

    `asyncio.wait_for` of Python 3.11 returns when its work is done in the very moment of the cancel (cpython #86296), and redis-py sends with it.
    """
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError
