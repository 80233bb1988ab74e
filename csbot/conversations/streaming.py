"""Tokens on their way: one Redis Stream per generation, written by the generation worker, read by every web process.

The first delta leaves at once, later ones are merged for a few milliseconds. An entry is {off, text}; `off` counts code points of
the filtered text, and no entry ends inside a grapheme cluster. Knows Redis; does not know turns or sockets.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import UUID

import regex
from redis import Redis
from redis.exceptions import RedisError

from csbot.lib import redis

log = logging.getLogger(__name__)

MERGE_S = 0.03
MAX_ENTRIES = 4000
EXPIRY_S = 600


def stream_key(gen: UUID | str) -> str:
    return redis.key("gen", gen)


def split_before_last_cluster(text: str) -> tuple[str, str]:
    """What may be shown, and the last grapheme cluster, which the next piece might still continue."""
    *whole, last = regex.findall(r"\X", text) or [""]
    return "".join(whole), last


class DeltaWriter:
    """Collects what the visitor may see and writes it to the stream. `text` is exactly what was written, in order."""

    def __init__(self, gen: UUID | str, *, connection: Redis | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.key = stream_key(gen)
        self.text = ""
        self._held = ""
        self._connection = connection or redis.connection()
        self._clock = clock
        self._last_write: float | None = None

    def add(self, piece: str) -> None:
        self._held += piece
        if self._last_write is not None and self._clock() - self._last_write < MERGE_S:
            return
        ready, self._held = split_before_last_cluster(self._held)
        self._write(ready)

    @property
    def seen(self) -> str:
        """Everything added so far, also what is still held."""
        return self.text + self._held

    def close(self) -> str:
        """Write the rest; the whole text."""
        self._write(self._held)
        self._held = ""
        return self.text

    def _write(self, delta: str) -> None:
        if not delta:
            return
        entry = {"off": len(self.text), "text": delta}
        self.text += delta
        self._last_write = self._clock()
        try:
            pipe = self._connection.pipeline(transaction=False)
            pipe.xadd(self.key, entry, maxlen=MAX_ENTRIES, approximate=True)  # type: ignore[arg-type]
            pipe.expire(self.key, EXPIRY_S)
            pipe.execute()
        except RedisError as error:
            # The text itself is safe: it is committed with gen.end, and sockets complete what they lack from there.
            log.warning("delta of %s not streamed: %s", self.key, error)
