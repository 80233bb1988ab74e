"""Common answers, remembered exactly: same site, language, normalised text, snapshot, model, prompt and word list.

A cached answer passes the word filter of now. A thumb down evicts it. Losing Redis loses only the speed.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import replace

from redis.exceptions import RedisError

from csbot.conversations.contracts import Decision
from csbot.conversations.decisions import decision_pack, decision_unpack
from csbot.lib import redis

log = logging.getLogger(__name__)

EXPIRY_S = 24 * 3600


def cache_key(parts: Sequence[str]) -> str:
    """A digest of the parts; each is fenced off, so that ("a", "bc") and ("ab", "c") differ."""
    digest = hashlib.sha256(json.dumps(list(parts), ensure_ascii=False).encode()).hexdigest()
    return redis.key("answer", digest[:40])


def cache_get(key: str) -> Decision | None:
    try:
        stored = redis.connection().get(key)
    except RedisError as error:
        log.info("cache not read: %s", error)
        return None
    return _read(str(stored)) if stored else None


def _read(stored: str) -> Decision | None:
    try:
        return replace(decision_unpack(json.loads(stored)), is_cached=True)
    except (ValueError, TypeError, KeyError) as error:
        log.info("cache entry of another version: %s", error)
        return None


def cache_put(key: str, decision: Decision) -> None:
    try:
        redis.connection().set(key, json.dumps(decision_pack(decision), ensure_ascii=False), ex=EXPIRY_S)
    except RedisError as error:
        log.info("cache not written: %s", error)


def cache_evict(key: str) -> None:
    try:
        redis.connection().delete(key)
    except RedisError as error:
        log.warning("cache entry not evicted: %s", error)
