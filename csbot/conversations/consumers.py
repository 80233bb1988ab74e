"""The visitor's socket: frames in, services, frames out. Holds what this one socket has been sent, and nothing else.

One pump per socket sends: durable frames by `seq` from the database, deltas from the hub's texts. Whoever has news only wakes it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async as in_thread
from channels.generic.websocket import AsyncWebsocketConsumer
from redis.exceptions import RedisError

from csbot.conversations import selectors
from csbot.conversations.access import conversation_of_visitor
from csbot.conversations.clientframes import checked, client_id_of, open_frame
from csbot.conversations.errors import Refused, SessionInvalid, SiteOff
from csbot.conversations.events import Envelope
from csbot.conversations.frames import durable_envelope, frames_after, passing_envelope
from csbot.conversations.hints import group_of
from csbot.conversations.hub import hub
from csbot.conversations.models import Conversation, Frame
from csbot.conversations.services import accept, feedback, owners
from csbot.conversations.sessions import VisitorSession, session_read, site_of_session
from csbot.conversations.texts import error_text

log = logging.getLogger(__name__)

HELLO_WITHIN_S = 5.0
CLOSE_NO_SESSION = 4401
CLOSE_BAD_DATA = 1007


class VisitorConsumer(AsyncWebsocketConsumer):
    async def __call__(self, *args: Any) -> None:
        """Whatever ends a socket, it leaves the hub: one that stayed would be told news for ever."""
        try:
            await super().__call__(*args)
        finally:
            self._leave()

    async def connect(self) -> None:
        self.session: VisitorSession | None = None
        self.conversation_id: UUID | None = None
        self.is_waiting = False
        self.seq = 0  # the last durable frame that this socket was sent
        self.offsets: dict[str, int] = {}  # running generations: code points that this socket was sent
        self.language = "en"
        self._top = 0
        self._beat: int | None = None  # a heartbeat to send
        self._is_joined = False
        self._queue: Any = None
        self._is_queued = False  # as far as this socket was told
        self._news = asyncio.Event()
        self._sending = asyncio.Lock()  # whoever moves `seq`
        self._pump: asyncio.Task[None] | None = None
        await self.accept()
        self._no_hello = asyncio.get_running_loop().call_later(HELLO_WITHIN_S, self._close_without_hello)

    async def disconnect(self, code: int) -> None:
        self._leave()
        if self.conversation_id:
            with _without_hints():
                await self.channel_layer.group_discard(group_of(self.conversation_id), self.channel_name)

    def _leave(self) -> None:
        for scheduled in (getattr(self, "_no_hello", None), getattr(self, "_pump", None)):
            if scheduled:
                scheduled.cancel()
        hub().leave(self)

    def _close_without_hello(self) -> None:
        if self.session is None:
            self._closing = asyncio.create_task(self._close_silently())

    async def _close_silently(self) -> None:
        with suppress(Exception):  # the client may have left a moment before
            await self.close(CLOSE_NO_SESSION)

    # --- in ------------------------------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data is None:
            await self._refuse(Refused("bad_json"), {})
            await self.close(CLOSE_BAD_DATA)
            return
        data: dict[str, Any] = {}
        try:
            type_, data = open_frame(text_data)
            if self.session is None and type_ != "hello":
                raise SessionInvalid
            await getattr(self, "on_" + type_.replace(".", "_"))(checked(type_, data))
        except (SessionInvalid, SiteOff) as refusal:
            await self._refuse(refusal, data)
            await self.close(CLOSE_NO_SESSION)
        except Refused as refusal:
            await self._refuse(refusal, data)
        except Exception:  # one frame, whatever is in it, ends no socket
            log.exception("frame not handled")
            await self._refuse(Refused("unavailable", retry_after_s=2), data)

    async def on_hello(self, data: dict[str, Any]) -> None:
        self.language = data.get("language", self.language)
        session = session_read(data["token"])
        if self.session and self.session != session:
            raise Refused("bad_frame", field="token")  # another visitor needs another socket
        site = await in_thread(site_of_session)(session)
        conversation = await in_thread(conversation_of_visitor)(session)
        # Only now: a hello that failed half-way is as good as none, and can be said again.
        self.session, self.language = session, data.get("language") or site.default_language
        self._no_hello.cancel()
        self._pump = self._pump or asyncio.create_task(self._run_pump())
        hub().join(self)
        if conversation is None:
            await self._pass("hello.ok", {"conv": None, "seq": 0, "token": self.session.token()})
            return
        await self._enter(conversation)
        await self._pass("hello.ok", {"conv": str(conversation.pk), "seq": conversation.last_seq, "token": self.session.token()})
        await self.on_resume({"last_seq": data.get("last_seq", 0)})

    async def on_resume(self, data: dict[str, Any]) -> None:
        """Everything after `last_seq`, or the whole state; a running answer from code point `off`."""
        async with self._sending:  # news that the pump is sending would go on from where it was
            await self._resume(data)

    async def _resume(self, data: dict[str, Any]) -> None:
        if self.conversation_id is None:
            return
        self.seq = data["last_seq"]
        missed = await in_thread(selectors.missed_frames)(self.conversation_id, self.seq) if self.seq else None
        if missed is None:
            await self._send_state()
        elif running := await in_thread(selectors.running_generation)(self.conversation_id):
            self._watch(running, data.get("off", 0) if data.get("gen") == running else 0)
        self.is_waiting = await in_thread(selectors.has_something_under_way)(self.conversation_id)
        self._top = max(self._top, self.seq + len(missed or []))
        self._news.set()

    async def on_msg_send(self, data: dict[str, Any]) -> None:
        assert self.session
        accepted = await in_thread(accept.message_accept)(session=self.session, client_id=data["client_id"], text=data["text"])
        await self._acknowledge(accepted)

    async def on_chip_click(self, data: dict[str, Any]) -> None:
        assert self.session
        accepted = await in_thread(accept.chip_click)(session=self.session, **data)
        await self._acknowledge(accepted)

    async def on_gen_cancel(self, data: dict[str, Any]) -> None:
        assert self.session
        await in_thread(feedback.generation_cancel)(session=self.session, gen=data["gen"])

    async def on_handoff_request(self, data: dict[str, Any]) -> None:
        assert self.session
        if self.conversation_id is None:
            await self._enter(await in_thread(accept.conversation_start)(session=self.session))
        assert self.conversation_id
        await in_thread(owners.handoff_request)(conversation_id=self.conversation_id)
        self.is_waiting = True
        self.wake()

    async def on_rate(self, data: dict[str, Any]) -> None:
        assert self.session
        await in_thread(feedback.message_rate)(session=self.session, **data)

    async def on_read(self, data: dict[str, Any]) -> None:
        if self.session and self.conversation_id:
            conversation = Conversation(pk=self.conversation_id)
            await in_thread(feedback.visitor_read)(session=self.session, conversation=conversation, seq=data["seq"])

    async def on_typing(self, data: dict[str, Any]) -> None:
        if self.conversation_id:
            with _without_hints():
                await self.channel_layer.group_send(group_of(self.conversation_id), {"type": "visitor.typing"})

    async def _acknowledge(self, accepted: accept.Accepted) -> None:
        self.language = accepted.message.language
        await self._enter(accepted.conversation)
        ack = {"client_id": accepted.message.client_id, "id": str(accepted.message.pk), "seq": accepted.seq}
        await self._pass("msg.ack", ack)
        self.is_waiting = True
        self.wake(accepted.seq)

    async def _enter(self, conversation: Conversation) -> None:
        if self.conversation_id == conversation.pk:
            return
        self.conversation_id = conversation.pk
        await self._join()

    async def _join(self) -> None:
        """Hints of the conversation from now on; where Redis is away, tried again with the next news."""
        with _without_hints():
            await self.channel_layer.group_add(group_of(self.conversation_id or ""), self.channel_name)
            self._is_joined = True

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

    async def agent_typing(self, event: dict[str, Any]) -> None:
        await self._pass("typing", {"sender": "agent"})

    async def visitor_typing(self, event: dict[str, Any]) -> None:
        """For the agents' sockets."""

    # --- out -----------------------------------------------------------------------------------------------------

    async def _run_pump(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                async with self._sending:
                    await self._send_news()
            except Exception:
                log.exception("news not sent, trying again")
                await asyncio.sleep(1)
                self._news.set()

    async def _send_news(self) -> None:
        if self._beat is not None:
            seq, self._beat = self._beat, None
            await self._pass("heartbeat", {"seq": seq})
        if self.conversation_id and not self._is_joined:
            await self._join()
        if self.conversation_id and self._top > self.seq:
            for frame in await in_thread(frames_after)(self.conversation_id, self.seq):
                await self._send_durable(frame)
            await self._send_queue_place()
        for gen in tuple(self.offsets):
            await self._send_delta(gen, hub().watch(gen, self).text)

    async def _send_durable(self, frame: Frame) -> None:
        if frame.type == "gen.start":
            self._watch(frame.data["gen"], 0)
        if frame.type == "gen.end" and frame.data["gen"] in self.offsets:
            await self._complete(frame)
        if frame.type in ("gen.end", "gen.abort"):
            self.offsets.pop(frame.data["gen"], None)
            hub().unwatch(frame.data["gen"], self)
        if frame.type == "owner.changed":
            self._is_queued = frame.data["owner"] == "queue"
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
        self._is_queued = state["owner"] == "queue"
        if running := state.get("gen"):
            self._watch(running["gen"], 0)
        await self._pass("state", state)

    async def _send_queue_place(self) -> None:
        if not self._is_queued:
            return
        assert self.conversation_id
        place = await in_thread(_queue_place)(self.conversation_id)
        if place and place != self._queue:
            await self._pass("queue.update", place)
        self._queue = place

    def _watch(self, gen: str, off: int) -> None:
        self.offsets[gen] = off
        hub().watch(gen, self)

    async def _refuse(self, refusal: Refused, data: dict[str, Any]) -> None:
        wait_s = refusal.retry_after_s
        error: dict[str, Any] = {"code": refusal.code, "text": error_text(refusal, self.language)}
        if wait_s:
            error["retry_after"] = wait_s
        if client_id := client_id_of(data):
            error["client_id"] = client_id
        await self._pass("error", error)

    async def _pass(self, type_: str, data: Any) -> None:
        await self._send(passing_envelope(type_, data, conversation_id=self.conversation_id))

    async def _send(self, envelope: Envelope) -> None:
        await self.send(json.dumps(envelope, ensure_ascii=False))


@contextmanager
def _without_hints() -> Iterator[None]:
    """Hints may be lost: what they would have told is polled for."""
    try:
        yield
    except (RedisError, OSError) as error:
        log.info("hints are off: %s", error)


def _queue_place(conversation_id: UUID) -> Any:
    return owners.queue_place(Conversation.objects.get(pk=conversation_id))
