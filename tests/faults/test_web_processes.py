"""Four web processes at once on one database and one Valkey: limits stay exact, every process streams the same text.

On SQLite and on a PostgreSQL of its own, because row locks are theirs. Each process has its own port, so that a test knows whom it asks.
"""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from csbot.conversations.visiting import Visitor
from csbot.env import BASE_DIR
from csbot.operations.stack import Stack, free_port, open_stack
from tests import postgres
from tests.faults.conftest import ARGUMENTS, WITHOUT_MODELS
from tests.faults.processes import send, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

PER_MINUTE = 6
NUM_PROCESSES = 4
GENERATED = "Describe the levels of membership"


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    if kind == "sqlite":
        yield {}
        return
    binaries = postgres.binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL on this machine (Debian: apt install postgresql)")
    with tempfile.TemporaryDirectory(prefix="csbot-pg-", ignore_cleanup_errors=True) as folder, postgres.server(Path(folder), binaries) as url:
        yield {"DATABASE_URL": url}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def four(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, list[str]]]:
    """The installation, and one address a web process: that of `up`, and three more beside it."""
    with ExitStack() as opened:
        environment = WITHOUT_MODELS | opened.enter_context(database(request.param)) | {"CSBOT_MESSAGES_PER_MINUTE": str(PER_MINUTE)}
        folder = tmp_path_factory.mktemp("four") / "data"
        stack = opened.enter_context(open_stack(*ARGUMENTS, environment=environment, folder=folder))
        stack.wait()
        yield stack, [stack.address, *(opened.enter_context(web_process(stack)) for _ in range(NUM_PROCESSES - 1))]


@pytest.fixture
def addresses(four: tuple[Stack, list[str]]) -> list[str]:
    return four[1]


@contextmanager
def web_process(stack: Stack) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "csbot.asgi:application", "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(command, env=dict(stack.environment), cwd=BASE_DIR)
    address = f"http://127.0.0.1:{port}"
    beside = Stack(stack.folder, port, process, stack.environment)
    try:
        wait_until(lambda: bool(beside.readiness()), "another web process answers")
        yield address
    finally:
        process.terminate()
        process.wait(20)


def the_same_visitor(addresses: list[str]) -> list[Visitor]:
    first = Visitor(addresses[0], "demo")
    others = [Visitor(address, "demo") for address in addresses[1:]]
    for other in others:
        other.token = first.token
    return [first, *others]


def test_a_visitors_limit_is_exact_over_all_processes(addresses: list[str]) -> None:
    began = time.monotonic()
    with ExitStack() as opened:
        sockets = [opened.enter_context(visitor) for visitor in the_same_visitor(addresses)]
        with ThreadPoolExecutor(len(sockets)) as pool:
            taken = sum(pool.map(send_many, range(len(sockets)), sockets))
    refilled = (time.monotonic() - began) * PER_MINUTE / 60
    assert PER_MINUTE <= taken <= PER_MINUTE + refilled + 1


def send_many(number: int, visitor: Visitor) -> int:
    """How many of eight messages the limit let through; `busy` comes behind the limit, so it counts as let through."""
    for index in range(8):
        visitor.send("msg.send", {"client_id": f"{number}-{index}", "text": "hello"})
    replies: list[dict[str, Any]] = []
    while len(replies) < 8:
        frame = visitor.receive(20)
        if frame["type"] == "msg.ack" or (frame["type"] == "error" and "client_id" in frame["data"]):
            replies.append(frame)
    return sum(frame["type"] == "msg.ack" or frame["data"]["code"] != "too_fast" for frame in replies)


def test_every_process_streams_the_same_text(four: tuple[Stack, list[str]]) -> None:
    stack, addresses = four
    with ExitStack() as opened:
        sockets = [opened.enter_context(visitor) for visitor in the_same_visitor(addresses)]
        for visitor in sockets:
            visitor.receive_until("hello.ok")
        send(stack, "generation", signal.SIGSTOP)  # until all of them look on
        opened.callback(send, stack, "generation", signal.SIGCONT)
        sockets[0].send("msg.send", {"client_id": "the-one", "text": GENERATED})
        sockets[0].receive_until("msg.ack")
        for visitor in sockets[1:]:  # they came before there was a conversation
            visitor.send("hello", {"token": visitor.token, "v": 1})
            visitor.receive_until("hello.ok")
        send(stack, "generation", signal.SIGCONT)
        with ThreadPoolExecutor(len(sockets)) as pool:
            texts = list(pool.map(streamed, sockets))
    assert texts[0]
    assert texts == [texts[0]] * NUM_PROCESSES


def test_who_is_there_is_there_for_every_process(four: tuple[Stack, list[str]]) -> None:
    """A desk that is open at one of them is known at all of them at once, and gone from all of them when it is closed."""
    stack, addresses = four
    client = signed_in(stack)
    cookie = f"sessionid={client.cookies['sessionid']}"

    def online() -> list[bool]:
        return [client.get(f"{address}/api/v1/me").json()["agent"]["is_online"] for address in addresses]

    assert online() == [False] * NUM_PROCESSES
    url = addresses[1].replace("http", "ws") + "/ws/desk/"
    with connect(url, additional_headers={"Cookie": cookie, "Origin": addresses[1]}) as desk:
        assert json.loads(desk.recv(10))["type"] == "desk.hello.ok"
        wait_until(lambda: all(online()), "everybody knows that the agent is there", 5)
        with Visitor(addresses[3], "demo") as visitor:
            visitor.send("msg.send", {"client_id": "p", "text": "I want to talk to a human"})
            place = visitor.receive_until("queue.update")
        assert place["data"]["position"] == 1
    wait_until(lambda: not any(online()), "everybody knows that the agent is gone", 10)


def signed_in(stack: Stack) -> httpx.Client:
    client = httpx.Client(follow_redirects=True, timeout=30)
    page = client.get(stack.address + (stack.folder / "setup_link").read_text().strip())
    password = dict.fromkeys(("password1", "password2"), "a-good-long-password")
    form = {"csrfmiddlewaretoken": client.cookies["csrftoken"], "username": "ada", "email": "", **password}
    assert client.post(page.url, data=form).status_code == 200
    return client


def streamed(visitor: Visitor) -> str:
    """The text of the generation put together from its pieces, which is what `gen.end` says that it is."""
    text = ""
    while True:
        frame = visitor.receive(30)
        data = frame["data"]
        if frame["type"] in ("gen.start", "state"):
            text = ""
        elif frame["type"] == "gen.delta":
            assert data["off"] == len(text)
            text += data["text"]
        elif frame["type"] == "gen.end":
            assert hashlib.sha256(text.encode()).hexdigest() == data["sha256"]
            return text
