"""Cancelling a generation: a key that stays and a message that hurries. Cooperative, because a thread cannot be killed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from redis.exceptions import RedisError

from csbot.lib import redis

log = logging.getLogger(__name__)

EXPIRY_S = 600


def channel() -> str:
    return redis.key("control", "cancel")


def cancel_after_commit(gen: UUID | str) -> None:
    transaction.on_commit(lambda: cancel(gen))


def cancel(gen: UUID | str) -> None:
    try:
        pipe = redis.connection().pipeline()
        pipe.set(redis.key("cancel", gen), "1", ex=EXPIRY_S)
        pipe.publish(channel(), str(gen))
        pipe.execute()
    except RedisError as error:
        # The worker still finds out: its lease cannot be renewed once the turn has moved on.
        log.warning("cancel of %s not announced: %s", gen, error)


def is_cancelled(gen: UUID | str) -> bool:
    try:
        return bool(redis.connection().exists(redis.key("cancel", gen)))
    except RedisError:
        return False


def listen(on_cancel: Callable[[str], None]) -> threading.Thread:
    """Call `on_cancel(gen)` for each cancellation, for ever, from a thread of its own; survives a restart of Redis."""

    def run() -> None:
        pause = threading.Event()
        while True:
            try:
                client = redis.connection()  # held, because a client that is collected closes its connections, this one too
                subscription = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
                subscription.subscribe(channel())
                while True:
                    if message := subscription.get_message(timeout=2.0):
                        on_cancel(str(message["data"]))
            except RedisError as error:
                log.info("control channel lost, trying again: %s", error)
                pause.wait(1.0)

    thread = threading.Thread(target=run, name="cancel", daemon=True)
    thread.start()
    return thread
