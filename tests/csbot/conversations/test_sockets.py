"""One visitor's socket, however broken or slow, is nobody else's trouble; and what a socket does while parts are away."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisAway

from csbot.accounts.models import Site
from csbot.conversations import hub as hubs
from csbot.conversations import outbox
from csbot.conversations.clientframes import checked, open_frame
from csbot.conversations.errors import Refused
from csbot.conversations.events import CLIENT_FRAMES
from csbot.conversations.models import Conversation, Outbox
from csbot.conversations.sessions import session_read
from csbot.conversations.texts import TEXTS
from tests.csbot.conversations.chat import HEADERS, Chat, Socket, session_for

running = pytest.mark.usefixtures("running")


@pytest.fixture
def quick_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "HEARTBEAT_S", 0.3)


# --- heartbeats ------------------------------------------------------------------------------------------------------


@running
async def test_a_heartbeat_names_the_newest_frame(token: str, quick_heartbeat: None) -> None:
    async with Chat(token) as chat:
        await chat.ask("hello")
        await chat.until_bot()
        assert (await chat.until("heartbeat", lambda data: data["seq"] > 0))["seq"] == max(chat.seqs)


BROKEN = [
    '{"type":[]}',
    '{"type":{}}',
    '{"type":"msg.send","data":{"client_id":"\\ud800","text":5}}',
    '{"type":"rate","data":{"value":NaN}}',
    "[" * 5000,
]


@running
@pytest.mark.parametrize("raw", BROKEN)
@pytest.mark.usefixtures("quick_heartbeat")
async def test_a_broken_frame_costs_its_sender_an_error_and_nobody_a_heartbeat(token: str, site: Site, raw: str) -> None:
    async with Chat(token) as good, Chat(session_for(site).token()) as bad:
        await bad.socket.send(text=raw)
        assert (await bad.until("error"))["code"] in {"bad_frame", "bad_json"}
        await bad.ask("hello")
        await bad.until_bot()
        await good.until("heartbeat")


@running
async def test_a_handler_that_breaks_is_told_and_the_socket_lives(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_: Any) -> None:
        raise RuntimeError("nobody thought of this")

    async with Chat(token) as chat:
        with monkeypatch.context() as patched:
            patched.setattr("csbot.conversations.consumers.VisitorConsumer.on_read", breaks)
            await chat.send("read", {"seq": 1})
            assert (await chat.until("error"))["code"] == "unavailable"
        await chat.ask("hello")
        await chat.until_bot()


@running
async def test_a_binary_frame_is_told_before_the_socket_closes(token: str) -> None:
    async with Chat(token) as chat:
        await chat.socket.send(data=b"\xff\xfe")
        assert (await chat.until("error"))["code"] == "bad_json"


frames = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(sorted(CLIENT_FRAMES)) | st.text(max_size=5) | st.none(),
        "data": st.dictionaries(
            st.sampled_from(["client_id", "text", "seq", "last_seq", "off", "gen", "value", "message_id", "faq", "token", "v", "language"]),
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=2),
        )
        | st.integers(),
    },
)


@given(frames)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_frame_is_read_or_refused(frame: dict[str, Any]) -> None:
    fields: dict[str, Any] = {}
    with suppress(Refused):  # and nothing else
        type_, data = open_frame(json.dumps(frame))
        fields = checked(type_, data)
    json.dumps(fields, ensure_ascii=False).encode()  # nothing in it that cannot be stored or sent


# --- languages and limits --------------------------------------------------------------------------------------------


@running
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_first_refusal_comes_in_the_language_of_the_widget(token: str, language: str) -> None:
    async with Chat(token) as chat:
        await chat.send("hello", {"token": token, "v": 1, "language": language})
        await chat.until("hello.ok")
        await chat.ask("   ")
        assert (await chat.until("error"))["text"] == TEXTS[language]["error.empty"]


@running
async def test_without_a_word_of_the_widget_the_sites_own_language_counts(token: str, site: Site) -> None:
    await Site.objects.filter(pk=site.pk).aupdate(default_language="zh")
    async with Chat(token) as chat:
        await chat.ask("")
        assert (await chat.until("error"))["text"] == TEXTS["zh"]["error.empty"]


@running
@pytest.mark.parametrize("length", [5_000, 60_000, 100_000])
async def test_a_long_message_is_told_its_limit_and_its_id(token: str, length: int) -> None:
    async with Chat(token) as chat:
        client_id = await chat.ask("长" * length)
        error = await chat.until("error")
    assert (error["code"], error["client_id"]) == ("too_long", client_id)
    assert "4000" in error["text"]


@running
@pytest.mark.parametrize("text", ["\u200b\u200d", "\u2066\u2069", "\0", "\ufe0f", "\u3164", "\u2800"])
async def test_a_message_of_invisible_characters_is_empty(token: str, text: str) -> None:
    async with Chat(token) as chat:
        await chat.ask(text)
        assert (await chat.until("error"))["code"] == "empty"


@running
async def test_an_emoji_newer_than_our_tables_is_a_message(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("\U0001fae8")
        await chat.until("msg.ack")


@running
async def test_chips_cost_of_the_same_allowance(token: str, settings: Any) -> None:
    settings.CSBOT = settings.CSBOT.model_copy(update={"messages_per_minute": 2})
    async with Chat(token) as chat:
        await chat.ask("clarify this")
        offered = await chat.until("clarify")
        for _ in range(2):
            await chat.send("chip.click", {"client_id": str(uuid4()), "message_id": offered["message_id"], "faq": "returns"})
        assert (await chat.until("error"))["code"] == "too_fast"


@running
async def test_thumbs_that_go_up_and_down_cost_of_it_too(token: str, settings: Any) -> None:
    settings.CSBOT = settings.CSBOT.model_copy(update={"messages_per_minute": 3})
    async with Chat(token) as chat:
        await chat.ask("answer this")
        message = await chat.until_bot()
        for value in (1, -1, 1, -1):
            await chat.send("rate", {"message_id": message["id"], "value": value})
        assert (await chat.until("error"))["code"] == "too_fast"


@running
async def test_a_message_without_chips_has_none_to_click(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("answer this")
        message = await chat.until_bot()
        await chat.send("chip.click", {"client_id": "c", "message_id": message["id"], "faq": "none"})
        assert (await chat.until("error"))["code"] == "not_found"


@running
async def test_none_of_these_is_said_in_words(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("clarify this")
        offered = await chat.until("clarify")
        await chat.send("chip.click", {"client_id": "c", "message_id": offered["message_id"], "faq": "none"})
        said = await chat.until("msg.new", lambda data: data["message"]["client_id"] == "c")
    assert said["message"]["text"] == offered["none"]


@running
async def test_the_same_thumb_twice_is_one_frame(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("answer this")
        message = await chat.until_bot()
        for _ in range(3):
            await chat.send("rate", {"message_id": message["id"], "value": 1})
        await chat.ask("hello")
        await chat.until_bot()
    assert len([frame for frame in chat.frames if frame["type"] == "msg.updated"]) == 1


# --- sessions --------------------------------------------------------------------------------------------------------


@running
async def test_a_site_that_is_switched_off_serves_no_old_token(token: str, site: Site) -> None:
    async with Chat(token) as chat:
        await Site.objects.filter(pk=site.pk).aupdate(is_active=False)
        await chat.ask("hello")
        assert (await chat.until("error"))["code"] == "site_off"
    socket = Socket("/ws/visitor/", HEADERS)
    assert await socket.open()
    await socket.send(text=json.dumps({"v": 1, "type": "hello", "data": {"token": token, "v": 1}}))
    events = [await socket.receive(5), await socket.receive(5)]
    assert events[1] == {"type": "websocket.close", "code": 4401}


@running
async def test_a_socket_is_one_visitors(token: str, site: Site) -> None:
    async with Chat(token) as chat:
        await chat.send("hello", {"token": session_for(site).token(), "v": 1})
        assert (await chat.until("error"))["code"] == "bad_frame"


@running
async def test_a_hello_renews_the_token(token: str) -> None:
    async with Chat(token) as chat:
        renewed = next(frame for frame in chat.frames if frame["type"] == "hello.ok")["data"]["token"]
    assert session_read(renewed) == session_read(token)


@running
async def test_a_live_socket_can_ask_for_what_it_missed(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("hello")
        await chat.until_bot()
        seen = list(chat.seqs)
        await chat.send("resume", {"last_seq": 1})
        while chat.seqs.count(seen[-1]) < 2:
            await chat.until_bot()
    assert chat.seqs == [*seen, *seen[1:]]


# --- while Redis is away ---------------------------------------------------------------------------------------------


@running
async def test_without_hints_a_socket_opens_and_is_answered(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any) -> None:
        raise RedisAway("away")

    monkeypatch.setattr("channels_redis.pubsub.RedisSingleShardConnection.subscribe", away)
    monkeypatch.setattr("channels_redis.pubsub.RedisSingleShardConnection.publish", away)
    async with Chat(token) as chat:
        await chat.send("typing", {})
        await chat.ask("hello")
        await chat.send("typing", {})
        await chat.until_bot()


def test_a_broker_that_is_away_is_noticed_at_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def ping(self) -> None:
            raise RedisAway("away")

    monkeypatch.setattr("csbot.lib.redis.connection", Away)
    assert outbox.outbox_send(Outbox(key="k", task="conversations.answer_turn", arguments=["x"])) is False


@running
async def test_a_task_that_never_reached_the_broker_is_sent_again(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lost: list[str] = []
    sent = outbox.broker_told

    def lose_the_first(entry: Outbox) -> bool:
        if lost:
            return sent(entry)
        lost.append(entry.key)
        return False

    monkeypatch.setattr(outbox, "broker_told", lose_the_first)
    async with Chat(token) as chat:
        await chat.ask("answer this")
        await chat.until_bot()
    assert len(lost) == 1


@running
async def test_many_sockets_of_one_visitor_see_one_gap_free_row(token: str) -> None:
    async with Chat(token) as one, Chat(token) as two:
        ids = [str(uuid4()) for _ in range(3)]
        for number, client_id in enumerate(ids):
            await asyncio.gather(one.ask(f"hello {number}", client_id), two.ask(f"hello {number}", client_id))
            await one.until_bot()
        state = await sync_to_async(lambda: Conversation.objects.get().last_seq)()
        while max(two.seqs, default=0) < state:
            await two.until_bot()
    assert one.seqs == list(range(1, state + 1))
    assert [seq for seq in two.seqs if seq] == sorted(set(two.seqs))
