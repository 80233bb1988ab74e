"""Tasks that a committed change asks for. The row is written in the change's own transaction; the broker is told after the commit.

What the broker loses is sent again by the sweeper until a worker has taken it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Q
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from csbot.celery import app
from csbot.conversations.models import Outbox
from csbot.lib import redis
from csbot.lib.clock import now

log = logging.getLogger(__name__)

RESEND_AFTER = timedelta(seconds=3)
KEEP = timedelta(hours=1)
QUEUE_OF = {"conversations.answer_turn": "answers", "conversations.generate_turn": "generation"}


def outbox_add(*, task: str, key: str, arguments: Sequence[str | int]) -> None:
    """In the caller's transaction. The same key twice is one row, and may be sent twice: it is taken once.

    It counts as sent from the beginning: a second write after the commit would get in the way of the worker that takes the task.
    """
    entry = Outbox(task=task, key=key, arguments=list(arguments), sent=now(), attempts=1)
    Outbox.objects.bulk_create([entry], ignore_conflicts=True)  # one statement
    transaction.on_commit(partial(_send_first, entry))


def _send_first(entry: Outbox) -> None:
    if not broker_told(entry):
        Outbox.objects.filter(key=entry.key, taken=None).update(sent=None)


def outbox_send(entry: Outbox) -> bool:
    """Hand the task to the broker; False when it cannot be reached (the sweeper tries again)."""
    if not broker_told(entry):
        return False
    Outbox.objects.filter(pk=entry.pk).update(sent=now(), attempts=F("attempts") + 1)
    return True


def broker_told(entry: Outbox) -> bool:
    """False when it cannot be reached."""
    try:
        redis.connection().ping()  # says within a moment that the broker is away; its own client would try for seconds
        app.send_task(entry.task, args=entry.arguments, queue=QUEUE_OF[entry.task], retry=False)
    except (RedisError, OperationalError, OSError) as error:
        log.warning("broker not reached, %s waits: %s", entry.key, error)
        return False
    return True


def outbox_taken(key: str) -> None:
    Outbox.objects.filter(key=key, taken=None).update(taken=now())


def outbox_again(key: str) -> None:
    """Send it once more, although it was sent or taken before. In the caller's transaction."""
    for entry in Outbox.objects.filter(key=key):
        Outbox.objects.filter(pk=entry.pk).update(taken=None, sent=None)
        transaction.on_commit(partial(outbox_send, entry))


def outbox_sweep() -> int:
    """Send what was not taken; forget what is done. The number of tasks sent."""
    late = Q(sent=None) | Q(sent__lt=now() - RESEND_AFTER)
    num_sent = 0
    for entry in Outbox.objects.filter(late, taken=None).order_by("created")[:200]:
        if not outbox_send(entry):
            break
        num_sent += 1
    Outbox.objects.filter(taken__lt=now() - KEEP).delete()
    return num_sent
