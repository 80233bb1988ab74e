"""Real Celery workers on threads of the test process, and a scripted engine: one pair for the whole session."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from celery.contrib.testing.worker import start_worker
from celery.worker import state

from csbot.celery import app
from csbot.conversations import cancelling
from csbot.lib import redis
from inference import facade as inference

# The worker's event loop may sleep for ten seconds before it looks whether it has to end (kombu's `fire_timers`, `max_delay`),
# and a broken broker connection costs it twenty more; the library's own limit of ten seconds is now and then too short.
SHUTDOWN_LIMIT_S = 40
SETTLE_LIMIT_S = 20
QUEUES = ["answers", "generation", "background"]


@pytest.fixture(scope="session")
def engine() -> Iterator[object]:
    yield inference.start_engine("scripted")
    inference.stop_engine()


@pytest.fixture(scope="session")
def session_workers(valkey: None, engine: object) -> Iterator[None]:
    app.autodiscover_tasks(force=True)
    options = {"concurrency": 4, "queues": QUEUES, "perform_ping_check": False, "loglevel": "ERROR"}
    with start_worker(app, pool="threads", shutdown_timeout=SHUTDOWN_LIMIT_S, **options):
        cancelling.listen(inference.engine().cancel)
        yield


@pytest.fixture
def workers(transactional_db: None, redis_clean: None, session_workers: None) -> Iterator[None]:
    """No task may still write when the database is emptied behind a test: on PostgreSQL the two would wait for each other."""
    yield
    redis.connection().flushdb()  # what was not begun never will be
    deadline = time.monotonic() + SETTLE_LIMIT_S
    while state.reserved_requests and time.monotonic() < deadline:  # running ones and those that wait for a thread
        time.sleep(0.02)
    assert not state.reserved_requests, "a task went on after its test"


@pytest.fixture
def unanswered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions wait for ever: a worker that another test has started would still be at work while the tables are emptied."""
    monkeypatch.setattr("csbot.conversations.outbox.app.send_task", lambda *_, **__: None)
