"""An agent's socket: hints about the inbox, presence, typing, and one conversation followed live. It only reads; agents act by REST.

Signed in by the session cookie, which is looked at again with every heartbeat: whoever was signed out, switched off or lost a site gets
nothing more. Rights are asked for each conversation that is opened, and for each hint.
"""

from __future__ import annotations

import asyncio
import json
import logging
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from csbot.accounts.callers import Caller, caller_of_agent
from csbot.accounts.models import Agent
from csbot.conversations import presence
from csbot.conversations.access import conversation_for_caller
from csbot.conversations.errors import NotYours, Refused
from csbot.conversations.following import FollowingConsumer, without_hints
from csbot.conversations.hints import desk_group_of, tell
from csbot.lib.clock import now, to_wire
from csbot.lib.kept import in_thread

log = logging.getLogger(__name__)

CLOSE_SIGNED_OUT = 4401
CHECK_EVERY_S = 15.0
MAX_FRAME = 4096


class DeskConsumer(FollowingConsumer):
    async def connect(self) -> None:
        self._reset()
        self._checking: asyncio.Task[None] | None = None
        self.caller: Caller | None = None
        self.session_key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        await self.accept()
        self.caller = await in_thread(caller_of_session)(self.session_key)
        if self.caller is None or self.caller.agent is None or not self.caller.may("desk.read"):
            await self.close(CLOSE_SIGNED_OUT)
            return
        self.group = desk_group_of(self.caller.company_id)
        self.is_waiting = True  # what hints lose, the hub's poll makes up
        self._begin()
        await self._listen()
        await self._be_there()
        await self._pass("desk.hello.ok", {"now": to_wire(now())})
        self._checking = asyncio.create_task(self._check())

    async def _listen(self) -> None:
        with without_hints():
            await self.channel_layer.group_add(self.group, self.channel_name)

    def _leave(self) -> None:
        if checking := getattr(self, "_checking", None):
            checking.cancel()
        super()._leave()

    async def disconnect(self, code: int) -> None:
        await super().disconnect(code)
        if self.caller and self.caller.agent:
            with without_hints():
                await self.channel_layer.group_discard(self.group, self.channel_name)
            await in_thread(presence.presence_end)(self.caller.company_id, self.caller.agent.pk)
            tell(self.group, {"type": "desk.presence"})

    async def _be_there(self) -> None:
        assert self.caller
        assert self.caller.agent
        is_new = self.caller.agent.pk not in await in_thread(presence.connected_agents)(self.caller.company_id)
        await in_thread(presence.presence_beat)(self.caller.company_id, self.caller.agent.pk)
        if is_new:
            tell(self.group, {"type": "desk.presence"})

    async def _check(self) -> None:
        """Still signed in? Then still there."""
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            try:
                self.caller = await in_thread(caller_of_session)(self.session_key)
                if self.caller is None or self.caller.agent is None or not self.caller.may("desk.read"):
                    await self.close(CLOSE_SIGNED_OUT)
                    return
                await self._leave_what_is_not_theirs()
                await self._be_there()
                await self._listen()
            except Exception:
                log.exception("a desk was not checked, trying again")

    async def _leave_what_is_not_theirs(self) -> None:
        """A site may be taken from somebody who has one of its conversations open."""
        if self.conversation_id is None or self.caller is None:
            return
        try:
            await in_thread(conversation_for_caller)(self.caller, self.conversation_id)
        except NotYours as refusal:
            await self._stop_following()
            await self._refuse(refusal)

    # --- in ------------------------------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.caller is None:
            return
        try:
            type_, data = _opened(text_data)
            if type_ == "desk.open":
                await self._open(data)
            elif type_ == "desk.leave":
                await self._stop_following()
        except Refused as refusal:
            await self._refuse(refusal)
        except Exception:
            log.exception("frame not handled")
            await self._refuse(Refused("unavailable", retry_after_s=2))

    async def _open(self, data: dict[str, Any]) -> None:
        """Follow one conversation from `last_seq` on (0: its whole state)."""
        assert self.caller
        last_seq = data.get("last_seq", 0)
        if not isinstance(last_seq, int) or isinstance(last_seq, bool) or not 0 <= last_seq < 2**31:
            raise Refused("bad_frame", field="last_seq")
        conversation = await in_thread(conversation_for_caller)(self.caller, data.get("conv"))
        async with self._sending:
            self._unwatch_all()
            self._top = 0
            await self._enter(conversation.pk)
            gen, off = data.get("gen"), data.get("off")
            await self._resume(last_seq, gen if isinstance(gen, str) else "", off if isinstance(off, int) and off >= 0 else 0)

    async def _stop_following(self) -> None:
        async with self._sending:
            self._unwatch_all()
            await self._unjoin()
            self.conversation_id = None

    # --- news ----------------------------------------------------------------------------------------------------

    def _sees(self, event: dict[str, Any]) -> bool:
        return self.caller is not None and self.caller.sees_site(UUID(event["site"]))

    async def desk_changed(self, event: dict[str, Any]) -> None:
        if self._sees(event):
            await self._pass("inbox.changed", {"conv": event["conv"]})

    async def desk_presence(self, event: dict[str, Any]) -> None:
        await self._pass("desk.presence", {})

    async def visitor_typing(self, event: dict[str, Any]) -> None:
        if self._sees(event):
            await self._pass("desk.typing", {"conv": event["conv"], "sender": "visitor", "name": ""})

    async def visitor_read(self, event: dict[str, Any]) -> None:
        if self._sees(event):
            await self._pass("desk.read", {"conv": event["conv"], "seq": event["seq"]})

    async def colleague_typing(self, event: dict[str, Any]) -> None:
        own = self.caller and self.caller.agent and str(self.caller.agent.pk) == event["agent"]
        if self._sees(event) and not own:
            await self._pass("desk.typing", {"conv": event["conv"], "sender": "agent", "name": event["name"]})

    async def agent_typing(self, event: dict[str, Any]) -> None:
        """For the visitor's socket."""

    async def agent_read(self, event: dict[str, Any]) -> None:
        """For the visitor's socket."""

    async def _send_beat(self, seq: int) -> None:
        await self._pass("heartbeat", {"seq": seq, "now": to_wire(now())})


def caller_of_session(session_key: str) -> Caller | None:
    """Asked from the database each time: an answer that was right a minute ago is none."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        return None
    agent = Agent.objects.filter(user_id=user.pk).first()
    return caller_of_agent(agent) if agent else None


def _opened(text: str | None) -> tuple[str, dict[str, Any]]:
    if text is None or len(text) > MAX_FRAME:
        raise Refused("bad_json")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_json") from error
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str) or not isinstance(frame.get("data", {}), dict):
        raise Refused("bad_frame", field="type")
    return frame["type"], frame.get("data", {})
