"""A model server that says what no server should: the visitor gets what is text, the operator a reason, and nobody the key."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from inference.contracts import EngineDead
from inference.engine.openai_http import OpenAIEngine
from tests.inference.engine.fake_server import ServerProcess
from tests.inference.engine.test_conformance import ask

KEY = "sk-do-not-tell"
HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"

ESCAPED = 'data: {{"choices": [{{"delta": {{"content": "{}"}}}}]}}\n\n'


@pytest.fixture
def server(process: ServerProcess) -> ServerProcess:
    process.tell(raw="", before_s=0.0, is_silent=False)
    return process


@pytest.fixture
def engine(server: ServerProcess) -> Iterator[OpenAIEngine]:
    made = OpenAIEngine(server.url, "m", key=KEY, read_s=10.0)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def impatient(server: ServerProcess) -> Iterator[OpenAIEngine]:
    """It waits half a second for the head of an answer."""
    made = OpenAIEngine(server.url, "m", key=KEY, head_s=0.5, read_s=10.0)
    made.start()
    yield made
    made.stop()


def event(content: Any, reason: str | None = None) -> str:
    return f"data: {json.dumps({'choices': [{'delta': {'content': content}, 'finish_reason': reason}]}, ensure_ascii=False)}\n\n"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (event("line\u2028and\x85line", "stop"), "line\u2028and\x85line"),
        (ESCAPED.format(r"a\ud83d") + ESCAPED.format(r"\ude00b") + "data: [DONE]\n\n", "a😀b"),
        (ESCAPED.format(r"a\ud83db") + "data: [DONE]\n\n", "ab"),
        (ESCAPED.format(r"a\u0000b") + "data: [DONE]\n\n", "ab"),
        (event("no reason") + "data: [DONE]\n\n", "no reason"),
        (event("broken off behind its end", "stop") + "data: {", "broken off behind its end"),
        (": ping\r\n\r\n" + event("carriage returns", "stop").replace("\n", "\r\n"), "carriage returns"),
        ('data: {"choices": [], "usage": {}}\n\n' + event("", "stop"), ""),
    ],
    ids=["line separators", "a character in two halves", "one half alone", "nul", "no reason", "torn behind its end", "crlf", "no choices"],
)
def test_what_is_text_is_shown_whole(server: ServerProcess, engine: OpenAIEngine, body: str, text: str) -> None:
    server.tell(raw=HEAD + body)
    answer = engine.submit(ask())
    shown = "".join(answer)
    assert (shown, answer.finish) == (text, "stop")
    shown.encode()


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"error": "overloaded"}', "overloaded"),
        ("HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n\r\n<h1>Sign in</h1>", "text/html"),
        (HEAD + 'data: {"error": {"message": "out of memory"}}\n\n', "out of memory"),
        (HEAD + 'data: {"choices": "none"}\n\n', "no list"),
        (HEAD + 'data: {"choices": [1]}\n\n', "without text"),
        (HEAD + event(5), "without text"),
        (HEAD + event([{"type": "text"}]), "without text"),
        (HEAD + "data: " + "[" * 100_000 + "\n\n", "cannot be read"),
        (HEAD + "data: " + "x" * 3_000_000, "without an end"),
        (HEAD + f'data: {{"error": "bad key {KEY}"}}\n\n', "bad key …"),
    ],
    ids=["json", "a page", "an error", "choices", "a number", "text of a number", "text of parts", "deep", "endless", "the key"],
)
def test_what_is_no_answer_is_told_with_its_reason(server: ServerProcess, engine: OpenAIEngine, reply: str, told: str) -> None:
    server.tell(raw=reply)
    answer = engine.submit(ask())
    with pytest.raises(EngineDead, match=told):
        list(answer)
    assert (answer.finish, engine.health().state, engine.stats().running) == ("error", "ready", 0)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("HTTP/1.1 307 Go\r\nlocation: https://elsewhere.example/\r\ncontent-length: 0\r\n\r\n", "HTTP 307"),
        ("HTTP/1.1 204 Nothing\r\n\r\n", "HTTP 204"),
        (f"HTTP/1.1 400 Bad\r\n\r\nyour key {KEY} is bad", "your key … is bad"),
    ],
)
def test_a_refusal_names_its_status_and_never_the_key(server: ServerProcess, engine: OpenAIEngine, reply: str, told: str) -> None:
    server.tell(raw=reply)
    with pytest.raises(ValueError, match=told) as refusal:
        engine.submit(ask())
    assert KEY not in str(refusal.value)


def test_a_server_that_takes_a_question_and_says_nothing_is_not_waited_for(server: ServerProcess, impatient: OpenAIEngine) -> None:
    server.tell(before_s=20.0)
    since = time.monotonic()
    with pytest.raises(EngineDead, match="timed out"):
        impatient.submit(ask(deadline_s=60))
    assert time.monotonic() - since < 2.0  # all tries together; then the ladder goes on


def test_the_time_for_the_head_is_not_that_between_two_pieces(server: ServerProcess, impatient: OpenAIEngine) -> None:
    server.tell(between_s=0.8)
    assert len("".join(impatient.submit(ask(max_new_tokens=2)))) == 2
    server.tell(between_s=0.0)


def test_a_key_from_a_file_may_end_with_a_line_and_one_that_cannot_be_sent_is_not_repeated(server: ServerProcess) -> None:
    engine = OpenAIEngine(server.url, "m", key=f"{KEY}\n")
    engine.start()
    assert "".join(engine.submit(ask()))
    engine.stop()
    with pytest.raises(ValueError, match="key") as refusal:
        OpenAIEngine(server.url, "m", key=f"{KEY}\nй")
    assert KEY not in str(refusal.value)


@pytest.mark.parametrize("address", ["", "127.0.0.1:8000/v1", "ftp://a.example/v1"])
def test_an_address_that_is_none_is_said_at_start(address: str) -> None:
    with pytest.raises(EngineDead, match="http://"):
        OpenAIEngine(address, "m").start()


def test_neither_the_address_nor_its_password_is_told(server: ServerProcess) -> None:
    """Health stands at /readyz, which anybody may read."""
    engine = OpenAIEngine(server.url.replace("//", f"//user:{KEY}@"), "m")
    engine.start()
    assert not any(part in str(engine.health()) for part in (KEY, "127.0.0.1"))
    engine.stop()
