"""Common answers, remembered for everybody: exactly, and for questions of the same telling words.

An entry stands under its question's exact words. A pointer stands under the question's meaning (its telling words) and leads to the
entry, so that whoever evicts the entry evicts it for every question that was led there. Both keys carry the site, the language and the
versions of all that an answer rests on (`scope`). A meaning that turned out to be no sure sign is marked, and so is a scope whose
checks show too many wrong ones: there only exact words count. Losing Redis loses only the speed.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from redis.exceptions import RedisError

from csbot.conversations.contracts import Decision
from csbot.conversations.decisions import decision_pack, decision_unpack
from csbot.lib import redis
from csbot.lib.clock import now

log = logging.getLogger(__name__)

EXPIRY_S = 24 * 3600
MOST_WRONG = 0.01  # of the answers by meaning: their own promise

Tier = Literal["exact", "meaning"]
Same = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Keys:
    """`meaning` is empty for a question without one. `holds_until`: when something that the answer rests on changes by itself, in seconds
    since 1970."""

    exact: str
    meaning: str
    scope: str
    holds_until: float | None = None

    @property
    def unsure(self) -> str:
        return f"{self.meaning}:unsure"

    @property
    def broken(self) -> str:
        return f"{self.scope}:broken"

    @property
    def checks(self) -> str:
        return f"{self.scope}:checks"


@dataclass(frozen=True, slots=True)
class Found:
    """`key` is the entry's own: what a thumb down evicts."""

    decision: Decision
    tier: Tier
    key: str


def cache_key(parts: Sequence[str], kind: str = "exact") -> str:
    """A digest of the parts; each is fenced off, so that ("a", "bc") and ("ab", "c") differ."""
    digest = hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()
    return redis.key("answer", kind, digest[:40])


def keys_of(scope: Sequence[str], exact: str, meaning: str) -> Keys:
    return Keys(
        exact=cache_key([*scope, exact]),
        meaning=cache_key([*scope, meaning], "meaning") if meaning else "",
        scope=cache_key(scope, "scope"),
    )


def cache_find(keys: Keys, text: str, same: Same) -> Found | None:
    """`same` has the last word on whether an entry's question asks what `text` asks."""
    try:
        exact, pointer = _stored(keys)
        if exact and (entry := _read(exact)):
            return Found(entry[0], "exact", keys.exact)
        if not pointer or not (entry := _read(_get(pointer))):
            return None
    except RedisError as error:
        log.info("cache not read: %s", error)
        return None
    decision, question = entry
    return Found(decision, "meaning", pointer) if same(text, question) else None


def cache_put(keys: Keys, text: str, decision: Decision, *, is_sure: bool, at: datetime | None = None) -> None:
    """`is_sure`: right often enough to stand for other words than its own. `at`: when it was asked, if not now."""
    left_s = keys.holds_until - (at or now()).timestamp() if keys.holds_until else EXPIRY_S
    expiry = int(min(EXPIRY_S, left_s))
    if expiry < 1:
        return
    entry = {"decision": decision_pack(decision), "question": text, "meaning": keys.meaning}
    try:
        redis.connection().set(keys.exact, json.dumps(entry), ex=expiry)
        if is_sure and keys.meaning:
            _point(keys, decision, expiry)
    except RedisError as error:
        log.info("cache not written: %s", error)


def cache_evict(key: str, *, is_meaning_unsure: bool = False) -> None:
    """The entry, and with it every way to it. `is_meaning_unsure`: its meaning leads nowhere from now on."""
    try:
        connection = redis.connection()
        entry = _loaded(_get(key))
        meaning = entry.get("meaning") if entry else None
        if meaning and is_meaning_unsure:
            connection.set(f"{meaning}:unsure", "1", ex=EXPIRY_S)
        connection.delete(key, *([meaning] if meaning else []))
    except RedisError as error:
        log.warning("cache entry not evicted: %s", error)


def check_count(keys: Keys, is_right: bool, *, holds: Callable[[int, int], bool]) -> None:
    """One more answer by meaning was checked; where `holds(wrong, checked)` says no, the scope keeps to exact words."""
    try:
        pipeline = redis.connection().pipeline()
        pipeline.hincrby(keys.checks, "checked", 1)
        pipeline.hincrby(keys.checks, "wrong", int(not is_right))
        pipeline.expire(keys.checks, 30 * EXPIRY_S)
        checked, wrong, _ = pipeline.execute()
        if not holds(int(wrong), int(checked)):
            redis.connection().set(keys.broken, "1", ex=30 * EXPIRY_S)
    except RedisError as error:
        log.info("check not counted: %s", error)


def _stored(keys: Keys) -> tuple[str | None, str | None]:
    """The entry under the exact words, and where the meaning leads."""
    if not keys.meaning:
        return _get(keys.exact), None
    found: Any = redis.connection().mget(keys.exact, keys.meaning, keys.unsure, keys.broken)
    exact, pointer, unsure, broken = found
    return exact, None if unsure or broken else pointer


def _point(keys: Keys, decision: Decision, expiry: int) -> None:
    """Two answers under one meaning say that it is no sure sign."""
    there = _get(keys.meaning)
    other = _read(_get(there)) if there and there != keys.exact else None
    if other and (other[0].route, other[0].text) != (decision.route, decision.text):
        redis.connection().set(keys.unsure, "1", ex=EXPIRY_S)
        return
    redis.connection().set(keys.meaning, keys.exact, ex=expiry)


def _get(key: str | None) -> str | None:
    found: Any = redis.connection().get(key) if key else None
    return None if found is None else str(found)


def _read(stored: str | None) -> tuple[Decision, str] | None:
    entry = _loaded(stored)
    try:
        return (replace(decision_unpack(entry["decision"]), is_cached=True), str(entry["question"])) if entry else None
    except (ValueError, TypeError, KeyError) as error:
        log.info("cache entry of another version: %s", error)
        return None


def _loaded(stored: str | None) -> dict[str, Any] | None:
    try:
        found = json.loads(stored) if stored else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
