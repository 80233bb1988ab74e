"""Coming back: whatever a socket is doing when its client asks again, every frame after the named one comes, in order and without a gap."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csbot.accounts.models import Site
from csbot.conversations.consumers import VisitorConsumer
from csbot.conversations.models import Frame
from tests.csbot.conversations.chat import HEADERS, Chat, Socket, session_for

pytestmark = [pytest.mark.usefixtures("running")]


async def test_a_resume_in_the_middle_of_news_leaves_nothing_out(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Chat(token) as chat:
        for _ in range(4):
            await chat.ask("hello")
            await chat.until_bot()
        seen = list(chat.seqs)
    send = VisitorConsumer._send_durable

    async def slowly(self: VisitorConsumer, frame: Frame) -> None:
        await send(self, frame)
        await asyncio.sleep(0.02)

    monkeypatch.setattr(VisitorConsumer, "_send_durable", slowly)
    async with Chat(token, last_seq=1) as again:
        await again.until_bot()
        await again.send("resume", {"last_seq": 1})
        while again.seqs.count(seen[-1]) < 2:
            await again.until_bot()
    assert again.seqs == [*seen[1:], *seen[1:]]


async def test_a_hello_that_failed_opens_nothing(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("away")

    monkeypatch.setattr("csbot.conversations.consumers.conversation_of_visitor", away)
    socket = Socket("/ws/visitor/", HEADERS)
    assert await socket.open()
    codes = []
    for type_, data in (("hello", {"token": token, "v": 1}), ("msg.send", {"client_id": "c", "text": "hello"})):
        await socket.send(text=json.dumps({"v": 1, "type": type_, "data": data}))
        codes.append(json.loads((await socket.receive(5))["text"])["data"].get("code"))
    await socket.close()
    assert codes == ["unavailable", "session_expired"]


STEPS = st.lists(st.sampled_from(["send", "send again", "come back"]), min_size=1, max_size=6)


@given(steps=STEPS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_sending_repeating_and_coming_back_in_any_order_leave_no_gap(site: Site, steps: list[str]) -> None:
    token, seen, num_sent = session_for(site).token(), [0], 0
    chat = Chat(token)
    await chat.__aenter__()
    for step in steps:
        if step == "come back":
            await chat.__aexit__()
            chat = Chat(token, last_seq=seen[-1])
            await chat.__aenter__()
            continue
        num_sent += step == "send" or num_sent == 0
        before = await Frame.objects.filter(conversation__visitor_id=_visitor(token)).acount()
        await chat.ask(f"hello {num_sent}", f"id-{num_sent}")
        await chat.until("msg.ack")
        await _until(chat, max(before, 2 * num_sent), seen[-1])
        seen += [seq for seq in chat.seqs if seq > seen[-1]]
    await chat.__aexit__()
    assert seen == list(range(2 * num_sent + 1))  # the question and its answer, each once


async def _until(chat: Chat, top: int, last: int) -> None:
    while max([last, *chat.seqs]) < top:
        await chat.until_bot()


def _visitor(token: str) -> Any:
    from csbot.conversations.sessions import session_read

    return session_read(token).visitor_id
