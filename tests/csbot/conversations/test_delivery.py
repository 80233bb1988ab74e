"""The contracts of delivery (C1 to C8), each under the fault that it is about."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from csbot.conversations import limits
from csbot.conversations.errors import Refused
from csbot.conversations.models import Conversation, Frame, Message, Turn
from csbot.conversations.services import owners
from csbot.conversations.sweeper import sweep_once
from csbot.lib import redis
from csbot.lib.clock import now
from inference import facade as inference
from tests.csbot.conversations.chat import HEADERS, Chat, Socket, session_for

pytestmark = [pytest.mark.usefixtures("running")]


@pytest.fixture
def long_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is still being written when something happens to it, on a busy machine too."""
    monkeypatch.setattr(inference.engine(), "_between_s", 0.1)


async def test_an_acknowledged_message_is_stored(token: str) -> None:
    async with Chat(token) as chat:
        client_id = await chat.ask("answer this")
        ack = await chat.until("msg.ack")
        stored = await Message.objects.aget(pk=ack["id"])
    assert (stored.client_id, stored.text) == (client_id, "answer this")


async def test_a_message_sent_five_times_has_one_effect(token: str) -> None:
    async with Chat(token) as chat:
        for _ in range(5):
            await chat.ask("answer this", "same-id")
        acks = [await chat.until("msg.ack") for _ in range(5)]
    assert len({ack["id"] for ack in acks}) == 1
    assert await Turn.objects.acount() == 1


async def test_another_text_under_a_used_id_is_refused(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("answer this", "same-id")
        await chat.until("msg.ack")
        await chat.ask("answer that", "same-id")
        error = await chat.until("error")
    assert error["code"] == "client_id_reused"


async def test_durable_frames_count_from_one_without_a_gap(token: str) -> None:
    async with Chat(token) as chat:
        for text in ("hello", "answer one", "generate two"):
            await chat.ask(text)
            await (chat.until("gen.end") if text.startswith("generate") else chat.until_bot())
        assert chat.seqs == list(range(1, len(chat.seqs) + 1))
    assert await Frame.objects.acount() == len(chat.seqs)


async def test_who_comes_back_gets_what_was_missed_and_nothing_twice(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("hello")
        await chat.until_bot()
        last = chat.seqs[-1]
        await chat.ask("answer this")
        await chat.until_bot()
        rest = [seq for seq in chat.seqs if seq > last]
    async with Chat(token, last_seq=last) as again:
        await again.until_bot()
    assert again.seqs == rest


async def test_who_comes_back_with_a_foreign_number_gets_the_whole_state(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("answer this")
        await chat.until_bot()
    async with Chat(token, last_seq=999) as again:
        state = await again.until("state")
    assert [message["sender"] for message in state["messages"]] == ["visitor", "bot"]
    assert state["seq"] == chat.seqs[-1]


async def test_a_reload_in_the_middle_of_a_stream_ends_with_the_stored_text(token: str, long_stream: None) -> None:
    async with Chat(token) as chat:
        await chat.ask("generate something long")
        gen = (await chat.until("gen.start"))["gen"]
        await chat.until("gen.delta")
    async with Chat(token, last_seq=chat.seqs[-1]) as again:
        ended = await again.until("gen.end")
        shown = again.streamed(gen)
    assert hashlib.sha256(shown.encode()).hexdigest() == ended["sha256"]


async def test_a_lost_token_stream_is_completed_from_the_stored_text(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csbot.conversations.streaming.stream_key", lambda gen: redis.key("gen", "elsewhere", gen))
    async with Chat(token) as chat:
        await chat.ask("generate something long")
        gen = (await chat.until("gen.start"))["gen"]
        ended = await chat.until("gen.end")
    assert hashlib.sha256(chat.streamed(gen).encode()).hexdigest() == ended["sha256"]


async def test_a_lost_hint_costs_a_second_at_most(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csbot.conversations.hints.hint", lambda *_: None)
    async with Chat(token) as chat:
        await chat.ask("answer this")
        await chat.until("msg.ack")
        started = asyncio.get_running_loop().time()
        await chat.until_bot()
    assert asyncio.get_running_loop().time() - started < 2.5


async def test_a_task_that_the_broker_lost_is_sent_again(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csbot.conversations.services.turns.outbox_taken", lambda key: None)
    monkeypatch.setattr("csbot.conversations.outbox.RESEND_AFTER", timedelta(seconds=0.2))
    async with Chat(token) as chat:
        await chat.ask("answer this")
        await chat.until_bot()
        await asyncio.sleep(1.2)
    assert await Message.objects.filter(sender="bot").acount() == 1


async def test_a_stopped_answer_ends_with_what_was_shown(token: str, long_stream: None) -> None:
    async with Chat(token) as chat:
        await chat.ask("generate something long")
        gen = (await chat.until("gen.start"))["gen"]
        await chat.until("gen.delta")
        await chat.send("gen.cancel", {"gen": gen})
        ended = await chat.until("gen.end")
    assert ended["finish"] == "cancelled"
    assert hashlib.sha256(chat.streamed(gen).encode()).hexdigest() == ended["sha256"]


async def test_a_person_who_takes_over_silences_the_running_answer(token: str, long_stream: None) -> None:
    async with Chat(token) as chat:
        await chat.ask("generate something long")
        gen = (await chat.until("gen.start"))["gen"]
        await chat.until("gen.delta")
        conversation = await Conversation.objects.aget()
        await sync_to_async(owners.handoff_request)(conversation_id=conversation.pk)
        await chat.until("gen.abort")
        await chat.until("owner.changed")
        before = len(chat.frames)
        await asyncio.sleep(1.5)
        await chat.ask("are you there")
        await chat.until("msg.ack")
    assert not [frame for frame in chat.frames[before:] if frame["type"].startswith("gen.") and frame["data"]["gen"] == gen]
    assert not await Message.objects.filter(sender="bot").aexists()


async def test_while_a_person_has_it_the_bot_is_silent(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("person please")
        await chat.until("owner.changed")
        await chat.ask("answer this")
        await chat.until("msg.ack")
    assert await Turn.objects.acount() == 1


async def test_a_second_question_waits_for_the_first(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("generate one")
        await chat.until("gen.start")
        await chat.ask("answer two")
        await chat.until("gen.end")
        message = await chat.until_bot()
    assert message["wrap"]["route"] == "answer"


async def test_a_third_question_at_once_is_refused_with_a_time(token: str, long_stream: None) -> None:
    async with Chat(token) as chat:
        for text in ("generate one", "answer two", "answer three"):
            await chat.ask(text)
        error = await chat.until("error")
    assert error["code"] == "busy"
    assert error["retry_after"] > 0


async def test_a_dead_generation_worker_leads_to_a_second_attempt(token: str, long_stream: None) -> None:
    async with Chat(token) as chat:
        await chat.ask("generate something long")
        first = (await chat.until("gen.start"))["gen"]
        await chat.until("gen.delta")
        await _lose_the_lease()
        assert (await chat.until("gen.abort"))["reason"] == "restarted"
        second = (await chat.until("gen.start"))["gen"]
        ended = await chat.until("gen.end")
    assert first != second == ended["gen"]
    assert chat.streamed(second)


async def test_a_poison_turn_runs_twice_and_ends_in_words(token: str, long_stream: None) -> None:
    async with Chat(token) as chat:
        await chat.ask("generate something long")
        for _ in range(2):
            await chat.until("gen.start")
            await chat.until("gen.delta")
            await _lose_the_lease()
        message = await chat.until_bot()
    assert message["wrap"]["handoff"]["offered"] is True
    assert (await Turn.objects.aget()).state == Turn.State.FAILED


async def _lose_the_lease() -> None:
    """As if the worker had died: what it still writes is fenced off."""
    await Turn.objects.filter(state=Turn.State.STREAMING).aupdate(lease_until=now() - timedelta(seconds=5))
    await sync_to_async(sweep_once)()


async def test_answers_of_two_conversations_do_not_mix(token: str, site: object) -> None:
    async with Chat(token) as one, Chat(session_for(site).token()) as two:  # type: ignore[arg-type]
        await asyncio.gather(one.ask("answer one"), two.ask("hello"))
        first, second = await one.until_bot(), await two.until_bot()
    assert (first["wrap"]["route"], second["wrap"]["route"]) == ("answer", "chitchat")


# --- what a hostile or broken client gets ----------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [[(b"origin", b"https://evil.example"), (b"host", b"localhost")], [(b"host", b"localhost")]])
async def test_a_foreign_or_missing_origin_is_refused(token: str, headers: list[tuple[bytes, bytes]]) -> None:
    assert await Socket("/ws/visitor/", headers).open() is False


async def test_a_forged_token_closes_the_socket(token: str) -> None:
    socket = Socket("/ws/visitor/", HEADERS)
    assert await socket.open()
    await socket.send(text='{"v":1,"type":"hello","data":{"token":"forged","v":1}}')
    events = [await socket.receive(5), await socket.receive(5)]
    assert events[1] == {"type": "websocket.close", "code": 4401}


@pytest.mark.parametrize(
    ("raw", "code"),
    [("", "bad_json"), ("{", "bad_json"), ("[]", "bad_frame"), ('{"type":"nonsense"}', "bad_frame"), ('{"type":"msg.send","data":{}}', "bad_frame")],
)
async def test_a_broken_frame_gets_an_error_and_the_socket_lives(token: str, raw: str, code: str) -> None:
    async with Chat(token) as chat:
        await chat.socket.send(text=raw)
        assert (await chat.until("error"))["code"] == code
        await chat.ask("hello")
        await chat.until_bot()


@pytest.mark.parametrize(("text", "code"), [("  \n ", "empty"), ("x" * 5000, "too_long"), ("x" * 100_000, "too_long")])
async def test_an_unusable_message_is_refused_with_its_reason(token: str, text: str, code: str) -> None:
    async with Chat(token) as chat:
        await chat.ask(text)
        error = await chat.until("error")
    assert error["code"] == code
    assert error["text"]


def test_all_visitors_of_an_address_have_one_allowance(redis_clean: None) -> None:
    for address in ("203.0.113.7", "2001:db8::1", "203.0.113.7", "2001:db8::2"):
        limits.address_take(address, per_minute=2)
    for address in ("203.0.113.7", "2001:db8::3"):  # neighbours of one IPv6 network are one
        with pytest.raises(Refused, match="too_fast"):
            limits.address_take(address, per_minute=2)
    for address in ("203.0.113.8", "2001:db8:0:1::1", *["127.0.0.1"] * 9, *["::1"] * 9, "", "testclient"):
        limits.address_take(address, per_minute=2)


async def test_a_flood_is_told_when_to_come_back(token: str, settings: Any) -> None:
    settings.CSBOT = settings.CSBOT.model_copy(update={"messages_per_minute": 3})
    async with Chat(token) as chat:
        for _ in range(3):
            await chat.ask("hello")
            await chat.until_bot()
        await chat.ask("hello")
        error = await chat.until("error")
    assert error["code"] == "too_fast"
    assert error["retry_after"] > 0


async def test_a_visitor_cannot_touch_anothers_conversation(token: str, site: object) -> None:
    async with Chat(token) as chat:
        await chat.ask("clarify this")
        offered = await chat.until("clarify")
    async with Chat(session_for(site).token()) as thief:  # type: ignore[arg-type]
        await thief.send("chip.click", {"client_id": "x", "message_id": offered["message_id"], "faq": "returns"})
        assert (await thief.until("error"))["code"] == "not_found"
        await thief.send("rate", {"message_id": offered["message_id"], "value": 1})
        assert (await thief.until("error"))["code"] == "not_found"
