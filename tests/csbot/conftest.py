"""A running product inside the test: real Valkey, real workers, and knowledge that does as a test wishes."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from csbot.accounts.models import Site
from csbot.conversations.sweeper import sweep_once
from csbot.lib.status import WorkerStatus, status_write
from tests.csbot.conversations.fakes import FakeKnowledge


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch, workers: None) -> Iterator[None]:
    """Both workers up, knowledge that routes by the first word, and the sweeper at its pace."""
    monkeypatch.setattr("knowledge.facade.open_knowledge", lambda kb_id: FakeKnowledge())
    monkeypatch.setattr("csbot.lib.status.EXPIRY_S", 300)  # nobody repeats these signs of life
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
