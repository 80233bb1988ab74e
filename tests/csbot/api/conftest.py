"""Programs: keys, a client that speaks as they do, and the application behind a real server."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import uvicorn
from django.test import Client

from csbot.accounts.models import Company, Site
from csbot.api.keys import key_create
from csbot.api.models import SCOPES


def key_of(company: Company, scopes: Sequence[str] = SCOPES, **fields: Any) -> str:
    return key_create(company=company, name="shop", scopes=scopes, **fields)[1]


class Program:
    def __init__(self, key: str) -> None:
        self.key, self.client = key, Client(raise_request_exception=False)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = {} if body is None else {"data": body if isinstance(body, str | bytes) else json.dumps(body), "content_type": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(method, f"/api/v1/{path}", headers={"Authorization": f"Bearer {self.key}", **named}, **data)

    def get(self, path: str) -> Any:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, body if body is not None else {}, **headers)

    def put(self, path: str, body: Any) -> Any:
        return self.send("PUT", path, body)


@pytest.fixture
def program(company: Company, site: Site) -> Program:
    return Program(key_of(company))


@pytest.fixture
def address(transactional_db: None) -> Iterator[str]:
    """The application behind uvicorn, as `up` starts it."""
    from csbot.asgi import application

    server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
