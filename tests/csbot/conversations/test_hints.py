"""The channel layer of a process: listening from its first socket on, so that no first answer waits until it looks."""

from __future__ import annotations

import asyncio

import pytest
from channels.layers import get_channel_layer

from csbot.conversations.hints import HintLayer
from csbot.lib import redis

pytestmark = pytest.mark.usefixtures("redis_clean")


async def subscriptions() -> int:
    for _ in range(200):
        if found := await asyncio.to_thread(redis.connection().pubsub_channels):
            return len(found)
        await asyncio.sleep(0.02)
    return 0


async def test_a_process_with_sockets_is_subscribed_before_any_of_them_follows_something() -> None:
    layer = get_channel_layer()
    assert isinstance(layer, HintLayer)
    await layer.new_channel()
    await layer.new_channel()
    assert await subscriptions() == 1
    await layer.flush()


async def test_where_redis_was_away_the_next_socket_tries_again() -> None:
    layer = HintLayer(hosts=["unix:///nowhere/at/all.sock"])
    await layer.new_channel()
    first = layer._get_layer().staying
    assert await first is False
    await layer.new_channel()
    assert layer._get_layer().staying is not first
    await layer._get_layer().staying
