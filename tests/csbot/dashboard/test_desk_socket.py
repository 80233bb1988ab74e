"""The agent's socket: live streams, hints, typing both ways, presence; and nothing for whoever is not signed in or may not see it."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, Self

import pytest
from asgiref.sync import sync_to_async as in_thread

from csbot.accounts.models import Company, Site
from csbot.conversations.models import Conversation, Handoff
from csbot.conversations.presence import connected_agents
from csbot.dashboard import consumers
from knowledge.models import KnowledgeBase
from tests.csbot.conversations.chat import HEADERS, Chat, Socket
from tests.csbot.dashboard.desks import Desk, agent_of, conversation_of

running = pytest.mark.usefixtures("running")
BROKEN = ["", "[]", '{"type": 5}', '{"type": "desk.open", "data": {"conv": 7}}', '{"type": "desk.open", "data": []}', "[" * 9000]
FOREIGN = [(b"origin", b"http://evil.example"), (b"host", b"localhost")]


class DeskSocket(Chat):
    """An agent's browser tab. `open` follows a conversation."""

    def __init__(self, desk: Desk, headers: list[tuple[bytes, bytes]] = HEADERS) -> None:
        self.socket = Socket("/ws/desk/", [*headers, desk.cookie])
        self.frames: list[dict[str, Any]] = []

    async def __aenter__(self) -> Self:
        assert await self.socket.open()
        await self.until("desk.hello.ok")
        return self

    async def open(self, conversation: Conversation | str, last_seq: int = 0) -> None:
        key = conversation if isinstance(conversation, str) else str(conversation.pk)
        await self.socket.send(text=json.dumps({"type": "desk.open", "data": {"conv": key, "last_seq": last_seq}}))

    async def quiet(self, seconds: float = 0.3) -> bool:
        try:
            await self._next(seconds)
        except (TimeoutError, asyncio.CancelledError):
            return True
        return False


@pytest.fixture
def ann(company: Company, transactional_db: None) -> Desk:
    return Desk(agent_of(company, "ann"))


@running
async def test_an_agent_sees_the_bots_answer_as_it_is_written(ann: Desk, token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("hello")
        await chat.until_bot()
        conversation = await Conversation.objects.aget()
        async with DeskSocket(ann) as desk:
            await desk.open(conversation)
            assert [message["text"] for message in (await desk.until("state"))["messages"]] == ["hello", "Hello there."]
            await chat.ask("generate something")
            gen = (await chat.until("gen.end"))["gen"]
            await desk.until("gen.end")
            assert desk.streamed(gen) == chat.streamed(gen) != ""


@running
async def test_a_reply_in_mid_stream_takes_the_answer_away_from_both(ann: Desk, token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("generate a long answer slowly " + "please " * 40)
        await chat.until("gen.start")
        conversation = await Conversation.objects.aget()
        async with DeskSocket(ann) as desk:
            await desk.open(conversation)
            await desk.until("state")
            path = f"conversations/{conversation.pk}/replies"
            reply = await in_thread(ann.post)(path, {"client_id": "a", "text": "Ann here."}, ver=conversation.owner_version)
            assert reply.status_code in (200, 409)
            if reply.status_code == 409:
                return
            for socket in (chat, desk):
                said = await socket.until("msg.new", lambda data: data["message"]["sender"] == "agent")
                assert said["message"]["agent"] == "Ann"
        bot = [message async for message in conversation.messages.filter(sender="bot")]
        aborted = any(frame["type"] == "gen.abort" for frame in chat.frames)
        assert aborted is not bool(bot)


@running
async def test_typing_goes_both_ways(ann: Desk, token: str, site: Site) -> None:
    async with Chat(token) as chat:
        await chat.ask("hello")
        await chat.until_bot()
        conversation = await Conversation.objects.aget()
        await in_thread(ann.post)(f"conversations/{conversation.pk}/take", ver=1)
        async with DeskSocket(ann) as desk:
            await chat.send("typing", {})
            assert (await desk.until("desk.typing"))["conv"] == str(conversation.pk)
            await in_thread(ann.post)(f"conversations/{conversation.pk}/typing")
            assert (await chat.until("typing"))["sender"] == "agent"


@running
async def test_both_tabs_hear_of_every_change(ann: Desk, company: Company, token: str) -> None:
    ben = await in_thread(lambda: Desk(agent_of(company, "ben")))()
    async with Chat(token) as chat, DeskSocket(ann) as first, DeskSocket(ben) as second:
        await chat.ask("hello")
        for tab in (first, second):
            await tab.until("inbox.changed")
        conversation = await Conversation.objects.aget()
        await in_thread(ann.post)(f"conversations/{conversation.pk}/notes", {"client_id": "n", "text": "Look."})
        await second.until("inbox.changed", lambda data: data["conv"] == str(conversation.pk))


@running
async def test_lost_hints_are_made_up_for(ann: Desk, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = await in_thread(conversation_of)(site)
    async with DeskSocket(ann) as desk:
        await desk.open(conversation)
        await desk.until("state")
        monkeypatch.setattr("csbot.conversations.hints.tell", lambda *_: None)
        await in_thread(ann.post)(f"conversations/{conversation.pk}/replies", {"client_id": "a", "text": "Hi."}, ver=1)
        assert (await desk.until("msg.new", lambda data: data["message"]["sender"] == "agent", 5))["message"]["text"] == "Hi."


@running
async def test_a_desk_that_comes_back_gets_what_it_missed_and_no_more(ann: Desk, site: Site) -> None:
    conversation = await in_thread(conversation_of)(site)
    async with DeskSocket(ann) as desk:
        await desk.open(conversation)
        seq = (await desk.until("state"))["seq"]
    await in_thread(ann.post)(f"conversations/{conversation.pk}/replies", {"client_id": "a", "text": "Hi."}, ver=1)
    async with DeskSocket(ann) as desk:
        await desk.open(conversation, last_seq=seq)
        await desk.until("msg.new", lambda data: data["message"]["sender"] == "agent")
        assert desk.seqs == list(range(seq + 1, seq + 1 + len(desk.seqs)))


@running
async def test_somebody_at_a_desk_is_there_and_gone_when_it_closes(ann: Desk) -> None:
    async with DeskSocket(ann):
        assert await in_thread(connected_agents)(ann.agent.company_id) == {ann.agent.pk}
    assert await in_thread(connected_agents)(ann.agent.company_id) == set()


@running
async def test_a_waiting_visitor_gets_a_place_when_somebody_is_there(ann: Desk, token: str) -> None:
    async with DeskSocket(ann), Chat(token) as chat:
        await chat.ask("person please")
        assert await chat.until("queue.update") == {"position": 1, "eta_s": None}
        assert not await Handoff.objects.filter(is_message_left=True).aexists()
        await chat.send("handoff.cancel", {})
        await chat.until("owner.changed", lambda data: data["owner"] == "bot")


# --- strangers -------------------------------------------------------------------------------------------------------


async def _closing_code(socket: Socket) -> int:
    assert await socket.open()
    while (event := await socket.receive(5))["type"] != "websocket.close":
        pass
    return int(event["code"])


@running
async def test_whoever_is_not_signed_in_is_shown_the_door(ann: Desk) -> None:
    assert await _closing_code(Socket("/ws/desk/", HEADERS)) == 4401
    assert await _closing_code(Socket("/ws/desk/", [*HEADERS, (b"cookie", b"sessionid=forged")])) == 4401


@running
async def test_another_origin_is_refused(ann: Desk) -> None:
    assert not await Socket("/ws/desk/", [*FOREIGN, ann.cookie]).open()


@running
async def test_another_company_and_another_site_hear_nothing(site: Site, base: KnowledgeBase, company: Company) -> None:
    def strangers() -> list[Desk]:
        other = Company.objects.create(name="Other", slug="other")
        elsewhere = Site.objects.create(company=company, knowledge_base=base, key="coffee", name="Coffee")
        eve, dan = agent_of(other, "eve", role="admin"), agent_of(company, "dan")
        dan.sites.set([elsewhere])
        return [Desk(eve), Desk(dan)]

    conversation = await in_thread(conversation_of)(site)
    for desk in await in_thread(strangers)():
        async with DeskSocket(desk) as tab:
            await tab.open(conversation)
            assert (await tab.until("error"))["code"] == "not_found"
            await in_thread(conversation_of)(site)
            await asyncio.sleep(0.3)
        assert not [frame for frame in tab.frames if frame["type"] not in ("desk.hello.ok", "error", "desk.presence")]


@running
async def test_a_person_who_is_switched_off_hears_nothing_more(ann: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "CHECK_EVERY_S", 0.2)
    socket = Socket("/ws/desk/", [*HEADERS, ann.cookie])
    assert await socket.open()
    ann.agent.user.is_active = False
    await ann.agent.user.asave()
    while (event := await socket.receive(5))["type"] != "websocket.close":
        pass
    assert event["code"] == 4401


@running
@pytest.mark.parametrize("text", BROKEN)
async def test_broken_frames_end_no_desk(ann: Desk, site: Site, text: str) -> None:
    conversation = await in_thread(conversation_of)(site)
    async with DeskSocket(ann) as desk:
        await desk.socket.send(text=text)
        await desk.until("error")
        await desk.open(conversation)
        await desk.until("state")


@running
async def test_a_site_that_is_taken_from_an_agent_takes_the_open_conversation_along(
    ann: Desk, site: Site, base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "CHECK_EVERY_S", 0.1)

    def elsewhere() -> None:
        ann.agent.sites.set([Site.objects.create(company=site.company, knowledge_base=base, key="two", name="Two", default_language="en")])

    conversation = await in_thread(conversation_of)(site)

    def reply() -> None:
        ver = Conversation.objects.get(pk=conversation.pk).owner_version
        ben = Desk(agent_of(site.company, "ben"))
        assert ben.post(f"conversations/{conversation.pk}/replies", {"client_id": "c", "text": "a secret"}, ver=ver).status_code < 300
        time.sleep(1.2)  # longer than the poll that makes up for lost hints
        assert ben.put("me/availability", {"is_available": False}).status_code < 300

    async with DeskSocket(ann) as desk:
        await desk.open(conversation)
        await desk.until("state")
        await in_thread(elsewhere)()
        assert (await desk.until("error"))["code"] == "not_found"
        desk.frames.clear()
        await in_thread(reply)()
        await desk.until("desk.presence")
        assert "a secret" not in json.dumps(desk.frames)
