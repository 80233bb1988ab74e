"""A socket that follows one conversation: durable frames by `seq` from the database, a running answer by offset from the hub.

What visitors' and agents' sockets share. One pump per socket sends; whoever has news only wakes it, so that a slow reader holds up
nobody else. Knows frames and the hub; does not know who is on the other side.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer
from redis.exceptions import RedisError

from csbot.conversations import selectors
from csbot.conversations.errors import Refused
from csbot.conversations.events import Envelope
from csbot.conversations.frames import durable_envelope, frames_after, passing_envelope
from csbot.conversations.hints import group_of
from csbot.conversations.hub import hub
from csbot.conversations.models import Frame
from csbot.conversations.texts import error_text
from csbot.lib.cancelled import end_if_cancelled
from csbot.lib.kept import in_thread

log = logging.getLogger(__name__)


class FollowingConsumer(AsyncWebsocketConsumer):
    """Subclasses say when it begins (`_begin`), and may add news of their own (`_send_more`)."""

    async def __call__(self, *args: Any) -> None:
        """Whatever ends a socket, it leaves the hub: one that stayed would be told news for ever."""
        try:
            await super().__call__(*args)
        finally:
            self._leave()

    def _reset(self) -> None:
        self.conversation_id: UUID | None = None
        self.is_waiting = False
        self.seq = 0  # the last durable frame that this socket was sent
        self.offsets: dict[str, int] = {}  # running generations: code points that this socket was sent
        self.language = "en"
        self._top = 0
        self._beat: int | None = None  # a heartbeat to send
        self._is_joined = False
        self._news = asyncio.Event()
        self._sending = asyncio.Lock()  # whoever moves `seq`
        self._pump: asyncio.Task[None] | None = None

    def _begin(self) -> None:
        self._pump = self._pump or asyncio.create_task(self._run_pump())
        hub().join(self)

    def _leave(self) -> None:
        if pump := getattr(self, "_pump", None):
            pump.cancel()
        hub().leave(self)

    async def disconnect(self, code: int) -> None:
        self._leave()
        await self._unjoin()

    # --- which conversation --------------------------------------------------------------------------------------

    async def _enter(self, conversation_id: UUID) -> None:
        if self.conversation_id == conversation_id:
            return
        await self._unjoin()
        self.conversation_id = conversation_id
        await self._join()

    async def _join(self) -> None:
        """Hints of the conversation from now on; where Redis is away, tried again with the next news."""
        with without_hints():
            await self.channel_layer.group_add(group_of(self.conversation_id or ""), self.channel_name)
            self._is_joined = True

    async def _unjoin(self) -> None:
        if self.conversation_id:
            with without_hints():
                await self.channel_layer.group_discard(group_of(self.conversation_id), self.channel_name)
        self._is_joined = False

    async def resume(self, last_seq: int, *, gen: str = "", off: int = 0) -> None:
        """Everything after `last_seq`, or the whole state; a running answer from code point `off`."""
        async with self._sending:  # news that the pump is sending would go on from where it was
            await self._resume(last_seq, gen, off)

    async def _resume(self, last_seq: int, gen: str, off: int) -> None:
        if self.conversation_id is None:
            return
        self.seq = last_seq
        missed = await in_thread(selectors.missed_frames)(self.conversation_id, self.seq) if self.seq else None
        if missed is None:
            await self._send_state()
        elif running := await in_thread(selectors.running_generation)(self.conversation_id):
            self._watch(running, off if gen == running else 0)
        self.is_waiting = self.is_waiting or await in_thread(selectors.has_something_under_way)(self.conversation_id)
        self._top = max(self._top, self.seq + len(missed or []))
        self._news.set()

    # --- news ----------------------------------------------------------------------------------------------------

    def wake(self, seq: int = 0) -> None:
        self._top = max(self._top, seq)
        self._news.set()

    def beat(self, seq: int) -> None:
        """The pump sends it, so that a socket that is not read holds up nobody else."""
        self._beat = seq
        self._news.set()

    async def hint(self, event: dict[str, Any]) -> None:
        self.wake(event["seq"])

    # --- out -----------------------------------------------------------------------------------------------------

    async def _run_pump(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                async with self._sending:
                    await self._send_news()
                end_if_cancelled()
            except Exception:
                log.exception("news not sent, trying again")
                await asyncio.sleep(1)
                self._news.set()

    async def _send_news(self) -> None:
        if self._beat is not None:
            seq, self._beat = self._beat, None
            await self._send_beat(seq)
        if self.conversation_id and not self._is_joined:
            await self._join()
        if self.conversation_id and self._top > self.seq:
            for frame in await in_thread(frames_after)(self.conversation_id, self.seq):
                await self._send_durable(frame)
            await self._after_durable()
        for gen in tuple(self.offsets):
            await self._send_delta(gen, hub().watch(gen, self).text)
        await self._send_more()

    async def _send_beat(self, seq: int) -> None:
        await self._pass("heartbeat", {"seq": seq})

    async def _after_durable(self) -> None:
        """Durable frames went out."""

    async def _send_more(self) -> None:
        """Whatever else this kind of socket has to tell."""

    async def _send_durable(self, frame: Frame) -> None:
        if frame.type == "gen.start":
            self._watch(frame.data["gen"], 0)
        if frame.type == "gen.end" and frame.data["gen"] in self.offsets:
            await self._complete(frame)
        if frame.type in ("gen.end", "gen.abort"):
            self.offsets.pop(frame.data["gen"], None)
            hub().unwatch(frame.data["gen"], self)
        self.seq = frame.seq
        await self._send(durable_envelope(frame))

    async def _complete(self, frame: Frame) -> None:
        """Before gen.end every delta must be out, also those that Redis lost: the stored text is what all of them make (C5)."""
        if self.offsets[frame.data["gen"]] < frame.data["length"]:
            await self._send_delta(frame.data["gen"], await in_thread(selectors.generation_text)(frame.data["gen"]))

    async def _send_delta(self, gen: str, text: str) -> None:
        off = self.offsets[gen]
        if len(text) > off:
            self.offsets[gen] = len(text)
            await self._pass("gen.delta", {"gen": gen, "off": off, "text": text[off:]})

    async def _send_state(self) -> None:
        assert self.conversation_id
        state = await in_thread(selectors.state_of)(self.conversation_id)
        self.seq = state["seq"]
        self._top = max(self._top, self.seq)
        if running := state.get("gen"):
            self._watch(running["gen"], 0)
        await self._pass("state", state)

    def _watch(self, gen: str, off: int) -> None:
        self.offsets[gen] = off
        hub().watch(gen, self)

    def _unwatch_all(self) -> None:
        for gen in tuple(self.offsets):
            hub().unwatch(gen, self)
        self.offsets.clear()

    async def _refuse(self, refusal: Refused, client_id: str | None = None) -> None:
        error: dict[str, Any] = {"code": refusal.code, "text": error_text(refusal, self.language)}
        if refusal.retry_after_s:
            error["retry_after"] = refusal.retry_after_s
        if client_id:
            error["client_id"] = client_id
        await self._pass("error", error)

    async def _pass(self, type_: str, data: Any) -> None:
        await self._send(passing_envelope(type_, data, conversation_id=self.conversation_id))

    async def _send(self, envelope: Envelope) -> None:
        await self.send(json.dumps(envelope, ensure_ascii=False))


@contextmanager
def without_hints() -> Iterator[None]:
    """Hints may be lost: what they would have told is polled for."""
    try:
        yield
    except (RedisError, OSError) as error:
        log.info("hints are off: %s", error)
