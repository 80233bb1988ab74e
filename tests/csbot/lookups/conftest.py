"""A system that may be asked, and a lookup into it."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest
from django.conf import settings

from csbot.accounts.models import Company
from csbot.lookups.models import Lookup
from tests.csbot.lookups.systems import host_of, lookup_at, system


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    with system() as started:
        monkeypatch.setattr(settings.CSBOT, "outbound_allow", [host_of(started)])
        yield started


@pytest.fixture
def lookup(server: ThreadingHTTPServer, company: Company) -> Lookup:
    return lookup_at(server, company)
