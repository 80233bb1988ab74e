"""The server-sent events of a streamed chat completion, read from a response that may hold anything.

Knows HTTP bodies and the shape of an event; nothing of engines. What is no such event is a `ValueError` that says what came instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx

LONGEST_LINE = 2**20
LONGEST_TOLD = 300
_BORDER = re.compile(rb"\r\n|\n|\r")  # and nothing else: JSON may hold other characters that Python counts as ends of lines


def events_of(response: httpx.Response) -> Iterator[tuple[str, str | None]]:
    """The text and the finish reason of each event; ends after the event that says [DONE], which is a reason too."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.endswith(("json", "html")):
        raise ValueError(f"it is no stream but {kind}: {beginning_of(response)}")
    halves = _Halves()
    reason: str | None = None
    for line in _lines(response):
        if not line.startswith("data:"):
            continue
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            yield "", reason or "stop"
            return
        for content, reason in _choices(data):
            yield halves.joined(content), reason


def beginning_of(response: httpx.Response) -> str:
    """As much of a body as can be told; the rest is not read."""
    read = b""
    with suppress(httpx.HTTPError):
        for chunk in response.iter_bytes():
            read += chunk
            if len(read) > 4 * LONGEST_TOLD:
                break
    return " ".join(read.decode(errors="replace").split())[:LONGEST_TOLD]


def _lines(response: httpx.Response) -> Iterator[str]:
    held: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        held.append(chunk)
        size += len(chunk)
        if _BORDER.search(chunk):
            *whole, rest = _BORDER.split(b"".join(held))
            yield from (line.decode(errors="replace") for line in whole)
            held, size = [rest], len(rest)
        if size > LONGEST_LINE:
            raise ValueError("a line without an end")
    yield b"".join(held).decode(errors="replace")


def _choices(data: str) -> Iterator[tuple[str, str | None]]:
    event = json.loads(data)
    if not isinstance(event, dict):
        raise ValueError(f"an event that is no object: {data[:80]}")
    if error := event.get("error"):
        raise ValueError(f"it says: {str(error.get('message', error) if isinstance(error, dict) else error)[:LONGEST_TOLD]}")
    choices = event.get("choices") or []
    if not isinstance(choices, list):
        raise ValueError(f"choices that are no list: {data[:80]}")
    yield from (_choice(choice) for choice in choices)


def _choice(choice: Any) -> tuple[str, str | None]:
    delta = choice.get("delta") or {} if isinstance(choice, dict) else None
    content = delta.get("content") or "" if isinstance(delta, dict) else None
    if not isinstance(content, str):
        raise ValueError(f"a choice without text: {str(choice)[:80]}")
    return content, str(choice["finish_reason"]) if choice.get("finish_reason") else None


class _Halves:
    """JSON may cut a character into two escapes, and a server its text between them: halves are joined, one alone is left out."""

    def __init__(self) -> None:
        self._held = ""

    def joined(self, text: str) -> str:
        text = self._held + text
        self._held = text[-1] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return text.removesuffix(self._held).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
