"""Keeps the promise that every turn ends (C4), whatever dies: sends tasks again, renews broken attempts, fails what is too late.

Safe to run in several processes at once: each step is a conditional claim under the conversation's lock.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from csbot.conversations.models import Turn
from csbot.conversations.outbox import outbox_sweep
from csbot.conversations.services.turns import turn_retry_or_fail
from csbot.lib.clock import now

GRACE = timedelta(seconds=1)


def sweep_once() -> None:
    outbox_sweep()
    moment = now()
    is_due = Q(lease_until__lt=moment - GRACE) | Q(deadline__lt=moment)  # only what is in hand has a lease
    for turn_id in Turn.objects.filter(is_due, ended=None).order_by("deadline").values_list("pk", flat=True)[:100]:
        turn_retry_or_fail(turn_id, is_due, why="its worker fell silent, or its deadline passed")
