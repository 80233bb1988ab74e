"""Made-up personal data that stands nowhere else: what a test plants with a visitor may turn up in no log.

`conftest` reads whatever the handlers of our settings write, and fails the run for a canary in it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

PHONE = "15912348876"
MAIL = "canary.bird7731@example.net"
CARD = "6222021234500018878"
IDENTITY = "440305199111177337"
CANARIES = {"phone": PHONE, "mail": MAIL, "card": CARD, "identity": IDENTITY}
SONG = f"call {PHONE}, write to {MAIL}, pay with {CARD}, my ID is {IDENTITY}"


class Watched:
    """A stream that a handler writes to, with what was seen in it."""

    def __init__(self, stream: TextIO, seen: list[str]) -> None:
        self._stream, self._seen = stream, seen

    def write(self, text: str) -> int:
        self._seen += [text for canary in CANARIES.values() if canary in text]
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Every handler that any logger has now; whatever is written with a canary in it."""
    seen: list[str] = []
    loggers = [logging.getLogger(), *(one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger))]
    handlers = {handler for logger in loggers for handler in logger.handlers if type(handler) is logging.StreamHandler}
    before = [(handler, handler.setStream(Watched(handler.stream, seen))) for handler in handlers]
    yield seen
    for handler, stream in before:
        handler.setStream(stream)
