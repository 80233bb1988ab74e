"""Connections that are kept: by the thread that sockets share and by workers' threads, until they fail."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection

from csbot.lib.kept import close_failed, in_thread

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


def test_a_workers_thread_keeps_its_own_until_it_fails() -> None:
    kept = connection_used()
    close_failed()
    assert connection_used() is kept
    assert connection_failing() is kept
    close_failed()
    assert connection_used() is not kept
