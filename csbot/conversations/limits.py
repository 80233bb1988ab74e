"""How much a visitor may send, and all visitors of one address: token buckets in Redis, exact however many web processes there are.

If Redis is away the limit is not enforced; the message still needs the database, and losing a limit beats losing a visitor.
"""

from __future__ import annotations

import ipaddress
import logging
from uuid import UUID

from redis.exceptions import RedisError

from csbot.conversations.errors import Refused
from csbot.lib import redis

log = logging.getLogger(__name__)

# KEYS[1] bucket; ARGV: capacity, tokens per second. Time is Redis's own (one clock). Answers milliseconds to wait, 0 for "take it".
TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local capacity, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(bucket[1]) or capacity
local at = tonumber(bucket[2]) or now
tokens = math.min(capacity, tokens + math.max(0, now - at) * rate / 1000)
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = math.ceil((1 - tokens) * 1000 / rate) end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity * 1000 / rate) + 1000)
return wait
"""


def message_take(who: UUID | str, *, per_minute: int) -> None:
    """Take one message of an allowance; raises Refused("too_fast") with the time to wait."""
    _take(redis.key("limit", "messages", who), per_minute)


def address_take(address: str, *, per_minute: int) -> None:
    """A new visitor costs nothing, so an address has an allowance as well. This machine itself has none: behind a proxy that does not say
    whom it speaks for, everybody comes from there.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return
    if not found.is_loopback:
        # Whoever has one IPv6 address has a whole network of them.
        near = found if found.version == 4 else ipaddress.ip_network((int(found) >> 64 << 64, 64)).network_address
        _take(redis.key("limit", "address", near), per_minute)


def _take(key: str, per_minute: int) -> None:
    try:
        wait_ms = redis.connection().eval(TAKE, 1, key, per_minute, per_minute / 60)
    except RedisError as error:
        log.warning("message limit not enforced: %s", error)
        return
    if wait_ms:
        raise Refused("too_fast", retry_after_s=int(wait_ms) / 1000)
