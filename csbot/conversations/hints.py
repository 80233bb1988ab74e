"""Hints: "conversation X has something up to seq N". They make delivery quick and may all be lost; polling makes it certain.

One long-lived event loop per process sends them, because `async_to_sync` per hint would build a loop each time.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from functools import cache
from uuid import UUID

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def group_of(conversation_id: UUID | str) -> str:
    return f"conv.{conversation_id}"


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="hints", daemon=True).start()
    return loop


def hint(conversation_id: UUID | str, seq: int) -> None:
    """Send and forget; works from any thread."""
    asyncio.run_coroutine_threadsafe(_send(group_of(conversation_id), seq), _loop())


async def _send(group: str, seq: int) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await layer.group_send(group, {"type": "hint", "seq": seq})
    except (RedisError, OSError) as error:
        log.info("hint lost: %s", error)
