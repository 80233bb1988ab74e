"""What each worker last said of itself: written every two seconds with an expiry, read by whoever needs it.

There may be several of a kind: a kind is as well as the best of them. Silence means down. Knows Redis; knows no model and no product rule.
"""

from __future__ import annotations

import json
import os
import socket
import time
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal

from redis.exceptions import RedisError

from csbot.lib import redis

EXPIRY_S = 10
ROLES = ("answers", "generation", "background")  # kinds of worker, each with a queue of its name
State = Literal["loading", "ready", "down"]
BEST_FIRST: tuple[State, ...] = ("ready", "loading", "down")


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """`lacks`: what it works without; `at`: Unix seconds of the beat, set when it is written, 0 where there was none."""

    state: State = "down"
    detail: str = ""
    backend: str = ""
    model: str = ""
    prompt: str = ""
    pid: int = 0
    lacks: str = ""
    at: float = 0


def worker_name() -> str:
    """The machine, and its card where it has several: the same after a new start, so that no dead worker's word stands beside its heir's."""
    return "/".join(filter(None, (socket.gethostname(), os.environ.get("CUDA_VISIBLE_DEVICES", ""))))


def status_write(role: str, status: WorkerStatus, worker: str = "") -> None:
    key = redis.key("workers", role)
    pipeline = redis.connection().pipeline()
    pipeline.hset(key, worker or worker_name(), json.dumps({**asdict(status), "at": round(time.time(), 1)}))
    pipeline.expire(key, EXPIRY_S)
    pipeline.execute()


def status_read(role: str) -> WorkerStatus:
    """Of the worker of this kind that is best off; what none has said for a while does not count."""
    try:
        stored: Any = redis.connection().hvals(redis.key("workers", role))
    except RedisError as error:
        return WorkerStatus(detail=str(error))
    found = [WorkerStatus(**json.loads(one)) for one in stored]
    heard = [one for one in found if one.at > time.time() - EXPIRY_S]
    return min(heard, key=lambda one: (BEST_FIRST.index(one.state), -one.at), default=WorkerStatus(detail="no sign of life"))


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
