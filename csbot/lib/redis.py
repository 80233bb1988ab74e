"""Connections to Redis or Valkey. Knows REDIS_URL, the key prefix and the time-outs; no product words.

Explicit time-outs everywhere: redis-py 8 defaults to 5 s, which is shorter than our blocking reads
(redis-py #4091), and none at all would wait for ever on a half-open link. Its default retries take seconds, too long
for a page that only wants to say that Redis is away.
"""

from __future__ import annotations

from functools import cache

from django.conf import settings
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

CONNECT_TIMEOUT_S = 2.0
SOCKET_TIMEOUT_S = 5.0


@cache
def connection() -> Redis:
    """The process-wide synchronous connection pool; answers are str."""
    return Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=SOCKET_TIMEOUT_S,
        health_check_interval=15,
        retry=Retry(ExponentialBackoff(cap=0.2, base=0.02), 3),
    )


def open_async_connection(*, socket_timeout_s: float = SOCKET_TIMEOUT_S) -> AsyncRedis:
    """A connection bound to the running event loop; the caller closes it."""
    return AsyncRedis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=socket_timeout_s,
        health_check_interval=15,
    )


def key(*parts: object) -> str:
    """A key under this installation's prefix: key("gen", id) -> "csbot:gen:<id>"."""
    return ":".join([settings.REDIS_PREFIX, *map(str, parts)])
