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
State = Turn.State


def sweep_once() -> None:
    outbox_sweep()
    moment = now()
    broken = Q(state__in=[State.ROUTING, State.STREAMING], lease_until__lt=moment - GRACE)
    late = Q(state__in=Turn.OPEN, deadline__lt=moment)
    for turn_id in Turn.objects.filter(broken | late).order_by("deadline").values_list("pk", flat=True)[:100]:
        turn_retry_or_fail(turn_id, why="its worker fell silent, or its deadline passed")
