"""The channel layer of a process: listening from its first socket on, so that no first answer waits until it looks."""

from __future__ import annotations

import asyncio

import pytest
from django.conf import settings

from csbot.conversations.hints import HintLayer
from csbot.lib import redis

pytestmark = pytest.mark.usefixtures("redis_clean")


async def subscriptions(prefix: str) -> int:
    for _ in range(200):
        if found := await asyncio.to_thread(redis.connection().pubsub_channels, f"{prefix}*"):
            return len(found)
        await asyncio.sleep(0.02)
    return 0


async def test_a_process_with_sockets_is_subscribed_before_any_of_them_follows_something() -> None:
    layer = HintLayer(hosts=[settings.REDIS_URL], prefix="alone")  # what other tests of the process listen to is not its own
    await layer.new_channel()
    await layer.new_channel()
    assert await subscriptions("alone") == 1
    await layer.flush()


async def test_where_redis_was_away_the_next_socket_tries_again() -> None:
    layer = HintLayer(hosts=["unix:///nowhere/at/all.sock"])
    await layer.new_channel()
    first = layer._get_layer().staying
    assert await first is False
    await layer.new_channel()
    assert layer._get_layer().staying is not first
    await layer._get_layer().staying
