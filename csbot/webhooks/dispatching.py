"""Which deliveries start now: each endpoint and each company has its share of this process's senders, so that one who hangs holds up nobody else.

Starting never waits: the clock's task is done at once, and the background queue stays free for sweeps and publishing.
"""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import connections
from django.db.models import F, Min

from csbot.lib.clock import now
from csbot.webhooks.models import Delivery
from csbot.webhooks.sending import CLAIM, deliver

AT_ONCE = 16
OF_A_COMPANY = 6
OF_AN_ENDPOINT = 2
ALL = "all"
State = Delivery.State

_senders = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
_lock = threading.Lock()
_running: Counter[UUID | str] = Counter()  # by endpoint, by company, and all of them


def due_start() -> list[Future[None]]:
    """Starts what is due as far as there is room, first come first served among those who have any. What was started, to be waited for."""
    due = Delivery.objects.filter(state=State.WAITING, next_at__lte=now())
    endpoints = due.values_list("endpoint", "endpoint__company").annotate(first=Min("next_at")).order_by("first")
    started: list[Future[None]] = []
    for endpoint, company, _ in endpoints:
        waiting = due.filter(endpoint=endpoint).order_by("next_at").values_list("pk", "next_at")
        for pk, next_at in waiting[:OF_AN_ENDPOINT]:
            if next_at and _take(endpoint, company):
                started += _start(pk, next_at, endpoint, company)
    return started


def _take(endpoint: UUID, company: UUID) -> bool:
    with _lock:
        if _running[endpoint] >= OF_AN_ENDPOINT or _running[company] >= OF_A_COMPANY or _running[ALL] >= AT_ONCE:
            return False
        _running.update([endpoint, company, ALL])
        return True


def _give_back(endpoint: UUID, company: UUID, _: object = None) -> None:
    with _lock:
        _running.subtract([endpoint, company, ALL])


def _start(pk: UUID, next_at: datetime, endpoint: UUID, company: UUID) -> list[Future[None]]:
    """Claimed by a conditional update first; whoever else claimed it, sends it."""
    claimed = Delivery.objects.filter(pk=pk, state=State.WAITING, next_at=next_at).update(next_at=now() + CLAIM, attempts=F("attempts") + 1)
    if not claimed:
        _give_back(endpoint, company)
        return []
    future = _senders.submit(_deliver_apart, pk)
    future.add_done_callback(partial(_give_back, endpoint, company))
    return [future]


def _deliver_apart(pk: UUID) -> None:
    try:
        deliver(Delivery.objects.select_related("endpoint__company").get(pk=pk))
    finally:
        connections.close_all()
