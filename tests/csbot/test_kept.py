"""Connections that are kept: by the thread that sockets share and by workers' threads, until they fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from celery.fixups.django import DjangoWorkerFixup
from celery.signals import task_postrun, task_prerun
from django.db import DEFAULT_DB_ALIAS, DatabaseError, close_old_connections, connection, connections

from csbot.celery import app
from csbot.lib.kept import close_failed, in_thread, keep_connections

pytestmark = pytest.mark.django_db(transaction=True)


def connection_used() -> object:
    connection.ensure_connection()
    return connection.connection


def connection_failing() -> object:
    used = connection_used()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM nowhere")
    return used


async def test_sockets_go_on_with_the_connection_that_was_open() -> None:
    assert await in_thread(connection_used)() is await in_thread(connection_used)()


async def test_one_that_failed_is_replaced() -> None:
    failed = await in_thread(connection_failing)()
    assert await in_thread(connection_used)() is not failed


@pytest.fixture
def _keeping() -> Iterator[None]:
    before = dict(connections.settings[DEFAULT_DB_ALIAS])
    keep_connections(app)
    yield
    connections.settings[DEFAULT_DB_ALIAS].update(before)
    app.conf.update(CELERY_DB_REUSE_MAX=None)
    task_prerun.disconnect(close_old_connections)
    task_postrun.disconnect(close_failed)


@pytest.mark.usefixtures("_keeping")
def test_a_worker_has_one_connection_for_all_its_tasks() -> None:
    fixup = DjangoWorkerFixup(app)  # what Celery does around each task
    kept = connection_used()
    for _ in range(3):
        fixup.close_database()
        assert connection_used() is kept


def test_a_workers_thread_keeps_its_own_until_it_fails() -> None:
    kept = connection_used()
    close_failed()
    assert connection_used() is kept
    assert connection_failing() is kept
    close_failed()
    assert connection_used() is not kept
