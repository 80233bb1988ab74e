"""The visitor's socket: frames in, services, frames out. Holds what this one socket has been sent, and nothing else."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings

from csbot.conversations import limits, presence, queueing
from csbot.conversations.access import conversation_of_visitor
from csbot.conversations.clientframes import checked, client_id_of, open_frame
from csbot.conversations.errors import Refused, SessionInvalid, SiteOff
from csbot.conversations.following import FollowingConsumer, without_hints
from csbot.conversations.hints import desk_group_of
from csbot.conversations.models import Conversation, Frame
from csbot.conversations.services import accept, feedback, owners
from csbot.conversations.sessions import VisitorSession, session_read, site_of_session
from csbot.lib.kept import in_thread

log = logging.getLogger(__name__)

HELLO_WITHIN_S = 5.0
QUEUE_EVERY_S = 5.0
CLOSE_NO_SESSION = 4401
CLOSE_BAD_DATA = 1007


class VisitorConsumer(FollowingConsumer):
    async def connect(self) -> None:
        self._reset()
        self.session: VisitorSession | None = None
        self._queue: Any = None
        self._is_queued = False  # as far as this socket was told
        self._is_staffed: bool | None = None
        self._queue_told = 0.0
        await self.accept()
        self._no_hello = asyncio.get_running_loop().call_later(HELLO_WITHIN_S, self._close_without_hello)

    def _leave(self) -> None:
        if no_hello := getattr(self, "_no_hello", None):
            no_hello.cancel()
        super()._leave()

    def _close_without_hello(self) -> None:
        if self.session is None:
            self._closing = asyncio.create_task(self._close_silently())

    async def _close_silently(self) -> None:
        with suppress(Exception):  # the client may have left a moment before
            await self.close(CLOSE_NO_SESSION)

    # --- in ------------------------------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data is None:
            await self._refuse(Refused("bad_json"))
            await self.close(CLOSE_BAD_DATA)
            return
        data: dict[str, Any] = {}
        try:
            type_, data = open_frame(text_data)
            if self.session is None and type_ != "hello":
                raise SessionInvalid
            await getattr(self, "on_" + type_.replace(".", "_"))(checked(type_, data))
        except (SessionInvalid, SiteOff) as refusal:
            await self._refuse(refusal, client_id_of(data))
            await self.close(CLOSE_NO_SESSION)
        except Refused as refusal:
            await self._refuse(refusal, client_id_of(data))
        except Exception:  # one frame, whatever is in it, ends no socket
            log.exception("frame not handled")
            await self._refuse(Refused("unavailable", retry_after_s=2), client_id_of(data))

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
        self._begin()
        if conversation is None:
            await self._pass("hello.ok", {"conv": None, "seq": 0, "token": self.session.token()})
            return
        await self._enter(conversation.pk)
        await self._pass("hello.ok", {"conv": str(conversation.pk), "seq": conversation.last_seq, "token": self.session.token()})
        await self.on_resume({"last_seq": data.get("last_seq", 0)})
        self._is_queued = conversation.owner == Conversation.Owner.QUEUE
        self.wake()

    async def on_resume(self, data: dict[str, Any]) -> None:
        await self.resume(data["last_seq"], gen=data.get("gen", ""), off=data.get("off", 0))

    async def on_msg_send(self, data: dict[str, Any]) -> None:
        assert self.session
        await self._acknowledge(await self._paid(accept.message_accept, client_id=data["client_id"], text=data["text"]))

    async def on_chip_click(self, data: dict[str, Any]) -> None:
        assert self.session
        await self._acknowledge(await self._paid(accept.chip_click, **data))

    async def _paid(self, take: Callable[..., accept.Accepted], **data: Any) -> accept.Accepted:
        """From the address's allowance, before anything is stored; what is sent once more pays once more, and is taken when there is room again."""

        def pay_and_take() -> accept.Accepted:
            address = (self.scope.get("client") or ("",))[0]
            limits.address_take(address, per_minute=settings.CSBOT.address_messages_per_minute)
            return take(session=self.session, **data)

        return await in_thread(pay_and_take)()

    async def on_gen_cancel(self, data: dict[str, Any]) -> None:
        assert self.session
        await in_thread(feedback.generation_cancel)(session=self.session, gen=data["gen"])

    async def on_handoff_request(self, data: dict[str, Any]) -> None:
        assert self.session
        if self.conversation_id is None:
            await self._enter((await in_thread(accept.conversation_start)(session=self.session)).pk)
        assert self.conversation_id
        await in_thread(owners.handoff_request)(conversation_id=self.conversation_id)
        self.is_waiting = True
        self.wake()

    async def on_handoff_cancel(self, data: dict[str, Any]) -> None:
        if self.conversation_id:
            await in_thread(owners.handoff_cancel)(conversation_id=self.conversation_id)
            self.wake()

    async def on_rate(self, data: dict[str, Any]) -> None:
        assert self.session
        await in_thread(feedback.message_rate)(session=self.session, **data)

    async def on_read(self, data: dict[str, Any]) -> None:
        if self.session and self.conversation_id:
            conversation = Conversation(pk=self.conversation_id)
            await in_thread(feedback.visitor_read)(session=self.session, conversation=conversation, seq=data["seq"])
            await self._tell_desk("visitor.read", seq=data["seq"])

    async def on_typing(self, data: dict[str, Any]) -> None:
        await self._tell_desk("visitor.typing")

    async def _tell_desk(self, type_: str, **data: Any) -> None:
        if self.session and self.conversation_id:
            event = {"type": type_, "conv": str(self.conversation_id), "site": str(self.session.site_id), **data}
            with without_hints():
                await self.channel_layer.group_send(desk_group_of(self.session.company_id), event)

    async def _acknowledge(self, accepted: accept.Accepted) -> None:
        self.language = accepted.message.language
        await self._enter(accepted.conversation.pk)
        ack = {"client_id": accepted.message.client_id, "id": str(accepted.message.pk), "seq": accepted.seq}
        await self._pass("msg.ack", ack)
        self.is_waiting = True
        self.wake(accepted.seq)

    # --- news ----------------------------------------------------------------------------------------------------

    async def agent_typing(self, event: dict[str, Any]) -> None:
        await self._pass("typing", {"sender": "agent"})

    async def agent_read(self, event: dict[str, Any]) -> None:
        await self._pass("read", {"seq": event["seq"]})

    async def _send_durable(self, frame: Frame) -> None:
        if frame.type == "owner.changed":
            self._is_queued = frame.data["owner"] == "queue"
        await super()._send_durable(frame)

    async def _send_state(self) -> None:
        await super()._send_state()
        assert self.conversation_id
        self._is_queued = await in_thread(_is_queued)(self.conversation_id)

    async def _after_durable(self) -> None:
        self._queue_told = 0.0

    async def _send_more(self) -> None:
        """The place in the queue: after every change, and now and then because those ahead are taken without a word to this one."""
        if not self._is_queued or not self.conversation_id or time.monotonic() - self._queue_told < QUEUE_EVERY_S:
            return
        self._queue_told = time.monotonic()
        place, is_staffed = await in_thread(_reception)(self.conversation_id)
        if place and place != self._queue:
            await self._pass("queue.update", place)
        if is_staffed != self._is_staffed:
            await self._pass("presence", {"agents_online": is_staffed})
        self._queue, self._is_staffed = place, is_staffed


def _reception(conversation_id: UUID) -> tuple[Any, bool]:
    conversation = Conversation.objects.select_related("site").get(pk=conversation_id)
    return queueing.queue_place(conversation), presence.is_staffed(conversation.site)


def _is_queued(conversation_id: UUID) -> bool:
    return Conversation.objects.filter(pk=conversation_id, owner=Conversation.Owner.QUEUE).exists()
