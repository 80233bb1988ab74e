"""Keeps the promise that every turn ends (C4), whatever dies: sends tasks again, renews broken attempts, fails what is too late.

Safe to run in several processes at once: each step looks again, under the locks of conversation and turn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.db.models import Q

from csbot.conversations.models import Turn
from csbot.conversations.outbox import outbox_sweep
from csbot.conversations.services.turns import turn_retry_or_fail
from csbot.lib.clock import now

log = logging.getLogger(__name__)

GRACE = timedelta(seconds=1)


def sweep_once() -> None:
    _try_to(outbox_sweep)
    moment = now()
    is_due = Q(lease_until__lt=moment - GRACE) | Q(deadline__lt=moment)  # only what is in hand has a lease
    for turn_id in Turn.objects.filter(is_due, ended=None).order_by("deadline").values_list("pk", flat=True)[:100]:
        _try_to(partial(turn_retry_or_fail, turn_id, is_due, why="its worker fell silent, or its deadline passed"))


def _try_to(do: Callable[[], object]) -> None:
    """What cannot be done now keeps nobody else waiting; it is tried again by the next sweep."""
    try:
        do()
    except Exception:
        log.exception("the sweeper goes on without it")
