"""Database connections that outlive one piece of work, in threads that do so too.

Django closes a connection after each request or task. A new one costs more than most of what is asked through it: SQLite reads the whole
schema again and prepares every statement anew, PostgreSQL starts a process. Threads of HTTP requests live as short as the requests, so
theirs are still closed. Knows connections; nothing of what goes through them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import SyncToAsync
from celery import Celery
from celery.signals import task_postrun, task_prerun
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections

P = ParamSpec("P")
T = TypeVar("T")


def keep_connections(app: Celery) -> None:
    """In a worker, before its threads begin. What has died, as by the server's restart, is noticed and replaced at the next task.

    Celery by itself closes every connection before and after each task, whatever Django's settings say.
    """
    app.conf.update(CELERY_DB_REUSE_MAX=sys.maxsize)
    connections.settings[DEFAULT_DB_ALIAS].update(CONN_MAX_AGE=None, CONN_HEALTH_CHECKS=True)
    task_prerun.connect(close_old_connections, weak=False)  # and those that live are asked, before their next statement, whether they do
    task_postrun.connect(close_failed, weak=False)


def close_failed(**_: object) -> None:
    """Whatever went wrong, a new one is above suspicion; that of SQLite calls itself usable for ever."""
    for connection in connections.all(initialized_only=True):
        if connection.errors_occurred:
            connection.close()


def in_thread(work: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """For sockets: all of a process share one thread for the database, and its connection."""
    return _InThread(work)


class _InThread(SyncToAsync[P, T]):
    def thread_handler(self, loop: Any, *args: Any, **kwargs: Any) -> Any:
        _close_unusable()
        try:
            return super().thread_handler(loop, *args, **kwargs)  # type: ignore[no-untyped-call]
        finally:
            _close_unusable()


def _close_unusable() -> None:
    close_failed()
    for connection in connections.all(initialized_only=True):
        connection.close_at = None  # it has no age at which it is too old
    close_old_connections()

