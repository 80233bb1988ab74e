"""One reader per web process for everything that its sockets wait for.

Reads the Redis Streams of open generations into texts, and once a second the top `seq` of conversations with something under way, so that
a lost hint costs a second at most (C3, C5). Sockets register, get woken, and take what they lack; a slow one holds nobody up, because
nothing is queued for it: the text itself is the buffer.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from redis.exceptions import RedisError

from csbot.conversations.models import Conversation
from csbot.conversations.streaming import stream_key
from csbot.lib import redis
from csbot.lib.cancelled import end_if_cancelled
from csbot.lib.kept import in_thread

log = logging.getLogger(__name__)

POLL_S = 1.0
HEARTBEAT_S = 20.0
BLOCK_MS = 100


class Listener(Protocol):
    conversation_id: UUID | None
    is_waiting: bool  # something is under way: poll for it

    def wake(self, seq: int = 0) -> None: ...

    def beat(self, seq: int) -> None: ...


@dataclass(slots=True)
class Generation:
    """The text of a running generation as far as it has been read."""

    gen: str
    text: str = ""
    last_id: str = "0-0"
    listeners: set[Any] = field(default_factory=set)

    def add(self, entry_id: str, fields: dict[str, str]) -> None:
        self.last_id = entry_id
        off = int(fields["off"])
        if off <= len(self.text):  # an entry beyond the end would be a gap: it is left to gen.end, which has the whole text
            self.text = self.text[:off] + fields["text"]


class Hub:
    """None of its loops waits for a socket, and none ends but with the last socket."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._generations: dict[str, Generation] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._has_generations = asyncio.Event()

    def join(self, listener: Listener) -> None:
        self._listeners.add(listener)
        if not self._tasks:
            self._tasks = [asyncio.create_task(run()) for run in (self._read_streams, self._poll, self._beat)]

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        for gen in [gen for gen, generation in self._generations.items() if listener in generation.listeners]:
            self.unwatch(gen, listener)
        if not self._listeners:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    def watch(self, gen: str, listener: Listener) -> Generation:
        generation = self._generations.setdefault(gen, Generation(gen))
        generation.listeners.add(listener)
        self._has_generations.set()
        return generation

    def unwatch(self, gen: str, listener: Listener) -> None:
        generation = self._generations.get(gen)
        if generation is None:
            return
        generation.listeners.discard(listener)
        if not generation.listeners:
            del self._generations[gen]

    # --- the three loops -----------------------------------------------------------------------------------------

    async def _read_streams(self) -> None:
        while True:
            connection = redis.open_async_connection()
            try:
                while True:
                    await self._has_generations.wait()
                    await self._read_once(connection)
                    end_if_cancelled()
            except (RedisError, OSError) as error:
                log.info("token streams not read, trying again: %s", error)
                await asyncio.sleep(0.5)
            except Exception:
                log.exception("token streams not read, trying again")
                await asyncio.sleep(0.5)
            finally:
                await connection.aclose()

    async def _read_once(self, connection: Any) -> None:
        wanted = {stream_key(gen): generation for gen, generation in self._generations.items()}
        if not wanted:
            self._has_generations.clear()
            return
        last_ids = {key: generation.last_id for key, generation in wanted.items()}
        for key, entries in await connection.xread(last_ids, count=500, block=BLOCK_MS) or []:
            generation = wanted[key]
            for entry_id, fields in entries:
                generation.add(entry_id, fields)
            for listener in tuple(generation.listeners):
                listener.wake()

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            waiting = [listener for listener in self._listeners if listener.is_waiting]
            await self._announce(waiting)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            listeners = tuple(self._listeners)
            seqs = await self._announce(listeners)
            for listener in listeners:
                listener.beat(seqs.get(listener.conversation_id, 0))

    async def _announce(self, listeners: Any) -> dict[UUID | None, int]:
        ids = {listener.conversation_id for listener in listeners if listener.conversation_id}
        if not ids:
            return {}
        try:
            seqs = await top_seqs(ids)
        except Exception:
            log.exception("top sequence numbers not read")
            return {}
        for listener in listeners:
            listener.wake(seqs.get(listener.conversation_id, 0))
        return seqs


@in_thread
def top_seqs(ids: set[UUID]) -> dict[UUID | None, int]:
    return dict(Conversation.objects.filter(pk__in=ids).values_list("pk", "last_seq"))


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop (one per process; tests have a loop each)."""
    loop = asyncio.get_running_loop()
    for closed in [other for other in _hubs if other.is_closed()]:
        del _hubs[closed]
    return _hubs.setdefault(loop, Hub())
