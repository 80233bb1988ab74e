"""Hints: "conversation X has something up to seq N". They make delivery quick and may all be lost; polling makes it certain.

One long-lived event loop per process sends them, because `async_to_sync` per hint would build a loop each time.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from functools import cache
from uuid import UUID, uuid4

from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class HintLayer(RedisPubSubChannelLayer):
    """The library's layer, but a socket opens while Redis is away: its channel is reached through groups only, so it needs no
    subscription of its own."""

    async def new_channel(self, prefix: str = "specific.") -> str:
        layer = self._get_layer()
        channel = f"{layer.prefix}{prefix}{uuid4().hex}"
        layer.channels[channel] = asyncio.Queue()
        return channel


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
