"""The loops behind all sockets of a process: the last socket that leaves ends them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from csbot.conversations.hub import Hub
from csbot.lib import redis


class Listener:
    conversation_id = None
    is_waiting = False

    def wake(self, seq: int = 0) -> None:
        """Nothing to do."""

    def beat(self, seq: int) -> None:
        """Nothing to do."""


class Swallowing:
    """Redis, asked by a library that now and then takes a cancel for an answer."""

    asked = 0

    async def xread(self, *_: Any, **__: Any) -> list[Any]:
        Swallowing.asked += 1
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return []
        return []

    async def aclose(self) -> None:
        """Nothing to close."""


async def test_no_loop_goes_on_because_a_library_swallowed_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "open_async_connection", Swallowing)
    hub, listener = Hub(), Listener()
    hub.join(listener)
    hub.watch("any", listener)
    while not Swallowing.asked:
        await asyncio.sleep(0)
    loops = list(hub._tasks)
    hub.leave(listener)
    ended, running = await asyncio.wait(loops, timeout=20)
    assert (len(ended), len(running)) == (3, 0)
    assert Swallowing.asked == 1
