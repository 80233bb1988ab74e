"""SQLite's write-ahead log is carried into the database file beside the work, so that no visitor's commit has to do it.

By itself every thousandth page has the commit that wrote it copy them all and wait for the disk. Carried over every few seconds, what a
power cut can take is also never older than that (https://www.sqlite.org/wal.html, "Avoiding Excessively Large WAL Files"). Knows the
connection; nothing of what is stored.
"""

from __future__ import annotations

from django.db import connection


def log_carry_over() -> None:
    """Waits for nobody and holds nobody up; what somebody still reads is left for the next time."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
