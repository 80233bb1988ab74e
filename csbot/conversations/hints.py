"""Hints: "conversation X has something up to seq N". They make delivery quick and may all be lost; polling makes it certain.

One long-lived event loop per process sends them, because `async_to_sync` per hint would build a loop each time.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class HintLayer(RedisPubSubChannelLayer):
    """The library's layer, but a socket opens while Redis is away: its channel is reached through groups only, so it needs no
    subscription of its own.

    A process that has sockets stays subscribed to something. While it is subscribed to nothing, the library looks ten times a second
    whether that has changed, and the answer to a visitor's first message would wait for it.
    """

    async def new_channel(self, prefix: str = "specific.") -> str:
        layer = self._get_layer()
        channel = f"{layer.prefix}{prefix}{uuid4().hex}"
        layer.channels[channel] = asyncio.Queue()
        _stay_subscribed(layer)
        return channel


def _stay_subscribed(layer: Any) -> None:
    """Nobody waits for it; tried again with the next socket where Redis was away."""
    before: asyncio.Task[bool] | None = getattr(layer, "staying", None)
    if before is None or (before.done() and (before.cancelled() or not before.result())):
        layer.staying = asyncio.create_task(_subscribe(layer))


async def _subscribe(layer: Any) -> bool:
    try:
        for shard in layer._shards:
            await shard.subscribe(f"{layer.prefix}.nothing")
    except (RedisError, OSError) as error:
        log.info("hints are off: %s", error)
        return False
    return True


def group_of(conversation_id: UUID | str) -> str:
    return f"conv.{conversation_id}"


def desk_group_of(company_id: UUID | str) -> str:
    """Everybody at the desks of a company; whoever listens checks what they may see."""
    return f"desk.{company_id}"


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="hints", daemon=True).start()
    return loop


def hint(conversation_id: UUID | str, seq: int) -> None:
    """Send and forget; works from any thread."""
    tell(group_of(conversation_id), {"type": "hint", "seq": seq})


def tell(group: str, event: dict[str, Any]) -> None:
    """Any passing event to a group's sockets; works from any thread, and may be lost."""
    asyncio.run_coroutine_threadsafe(_send(group, event), _loop())


def desk_hint(company_id: UUID | str, site_id: UUID | str, conversation_id: UUID | str) -> None:
    """Something about a conversation changed: the desks of its company look again."""
    tell(desk_group_of(company_id), {"type": "desk.changed", "conv": str(conversation_id), "site": str(site_id)})


async def _send(group: str, event: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await layer.group_send(group, event)
    except (RedisError, OSError) as error:
        log.info("hint lost: %s", error)
