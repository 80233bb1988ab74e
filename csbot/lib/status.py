"""What each kind of worker last said of itself: written every two seconds with an expiry, read by whoever needs it.

Silence means down. Knows Redis; knows no model and no product rule.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal

from redis.exceptions import RedisError

from csbot.lib import redis

EXPIRY_S = 10
ROLES = ("answers", "generation", "background")  # kinds of worker, each with a queue of its name
State = Literal["loading", "ready", "down"]


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """`at`: Unix seconds of the beat, set when it is written; 0 where there was none."""

    state: State = "down"
    detail: str = ""
    backend: str = ""
    model: str = ""
    prompt: str = ""
    pid: int = 0
    at: float = 0


def status_write(role: str, status: WorkerStatus) -> None:
    redis.connection().set(redis.key("status", role), json.dumps({**asdict(status), "at": round(time.time(), 1)}), ex=EXPIRY_S)


def status_read(role: str) -> WorkerStatus:
    try:
        stored = redis.connection().get(redis.key("status", role))
    except RedisError as error:
        return WorkerStatus(detail=str(error))
    return WorkerStatus(**json.loads(str(stored))) if stored else WorkerStatus(detail="no sign of life")


def queue_length(queue: str) -> int | None:
    """Tasks that no worker has taken yet; None where Redis is away. The key is Celery's own, with the installation's prefix."""
    try:
        length: Any = redis.connection().llen(redis.key("celery", queue))
    except RedisError:
        return None
    return int(length)


def generation_status() -> WorkerStatus:
    """Asked for in every turn, so at most one second old instead of fresh."""
    return _generation_status(int(time.monotonic()))


@lru_cache(maxsize=2)
def _generation_status(second: int) -> WorkerStatus:
    return status_read("generation")
