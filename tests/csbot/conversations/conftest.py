"""A running product inside the test: real Valkey, real Celery workers on threads, a scripted engine."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from celery.contrib.testing.worker import start_worker

from csbot.accounts.models import Site
from csbot.celery import app
from csbot.conversations import cancelling
from csbot.conversations.sweeper import sweep_once
from csbot.lib.status import WorkerStatus, status_write
from inference import facade as inference
from tests.csbot.conversations.fakes import FakeKnowledge


@pytest.fixture(scope="session")
def engine() -> Iterator[object]:
    yield inference.start_engine("scripted")
    inference.stop_engine()


# The worker's event loop may sleep for ten seconds before it looks whether it has to end (kombu's `fire_timers`, `max_delay`),
# and a broken broker connection costs it twenty more; the library's own limit of ten seconds is now and then too short.
SHUTDOWN_LIMIT_S = 40
QUEUES = ["answers", "generation", "background"]


@pytest.fixture(scope="session")
def workers(valkey: None, engine: object) -> Iterator[None]:
    app.autodiscover_tasks(force=True)
    options = {"concurrency": 4, "queues": QUEUES, "perform_ping_check": False, "loglevel": "ERROR"}
    with start_worker(app, pool="threads", shutdown_timeout=SHUTDOWN_LIMIT_S, **options):
        cancelling.listen(inference.engine().cancel)
        yield


@pytest.fixture
def running(transactional_db: None, redis_clean: None, workers: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Both workers up, knowledge that routes by the first word, and the sweeper at its pace."""
    monkeypatch.setattr("knowledge.facade.open_knowledge", lambda kb_id: FakeKnowledge())
    status_write("answers", WorkerStatus("ready"))
    status_write("generation", WorkerStatus("ready", model="scripted", prompt="1"))
    stop = threading.Event()
    thread = threading.Thread(target=_sweep, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join()


def _sweep(stop: threading.Event) -> None:
    from django.db import connections

    while not stop.wait(0.5):
        sweep_once()
    connections.close_all()


@pytest.fixture
def token(site: Site) -> str:
    from tests.csbot.conversations.chat import session_for

    return session_for(site).token()
