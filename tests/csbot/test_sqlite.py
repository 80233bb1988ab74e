"""SQLite's log: carried into the file beside the work, not by the commits of those who wait."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from django.db import connection

from csbot.conversations.models import Outbox
from csbot.lib.sqlite import log_carry_over

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has a process for it")]

PAGE = 4096
BY_ITSELF = 1000  # pages after which SQLite carries over, unless it is told otherwise


def rows_in_file(folder: Path) -> int:
    """What is there for whoever has the file without its log."""
    copy = folder / "copy.sqlite3"
    shutil.copy(connection.settings_dict["NAME"], copy)
    with sqlite3.connect(copy) as other:
        return int(other.execute("SELECT COUNT(*) FROM conversations_outbox").fetchone()[0])


def test_a_commit_does_not_carry_the_log_over_but_the_task_does(tmp_path: Path) -> None:
    log_carry_over()
    for number in range(4):
        rows = [Outbox(task="none", key=f"{number}-{at}", arguments=["x" * PAGE]) for at in range(BY_ITSELF // 2)]
        Outbox.objects.bulk_create(rows)
    assert rows_in_file(tmp_path) == 0
    log_carry_over()
    assert rows_in_file(tmp_path) == Outbox.objects.count() == 2 * BY_ITSELF
