"""What each level does in each direction, as visitors, agents and the record of hits see it. A visitor never reads the word."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from csbot.accounts.models import Company, Site
from csbot.conversations.models import Conversation, Message
from csbot.conversations.screening import WITHHELD
from csbot.conversations.texts import built_in
from csbot.dashboard.details import bubble_of
from knowledge.contracts import Level
from knowledge.models import Word, WordHit, WordList, WordRule
from tests.csbot.conversations.chat import Chat
from tests.csbot.conversations.fakes import ANSWERS
from tests.csbot.conversations.test_generating import say
from tests.csbot.dashboard.desks import Desk, agent_of, conversation_of

pytestmark = [pytest.mark.usefixtures("running")]

HIDDEN, REST, WITHHOLDING = (built_in("en", key) for key in ("words_hidden", "filtered", "withheld"))


def list_word(company: Company, level: str, term: str = "grobnik") -> None:
    words, _ = WordList.objects.get_or_create(company=company, name="house")
    Word.objects.create(word_list=words, term=term, level=level, category="rivals")


def notices(chat: Chat) -> list[str]:
    return [frame["data"]["text"] for frame in chat.frames if frame["type"] == "filter.notice"]


def without_it(chat: Chat) -> bool:
    return "grobnik" not in json.dumps([frame for frame in chat.frames if frame["type"] != "msg.ack"]).lower()


@sync_to_async
def recorded() -> list[tuple[str, str, str, str, str]]:
    return list(WordHit.objects.order_by("pk").values_list("direction", "term", "found", "level", "why"))


@sync_to_async
def as_agents_see_it(**wanted: Any) -> dict[str, Any]:
    return bubble_of(Message.objects.get(**wanted))


# --- from visitors ---------------------------------------------------------------------------------------------------

TO_THE_BOT = [
    ("log only", "answer this gr.obnik", "", "answer"),
    ("mask", "answer this ********", HIDDEN, "answer"),
    ("warn agent", "answer this gr.obnik", "", "answer"),
    ("hand over", "answer this gr.obnik", "", "handoff"),
    ("block", WITHHELD, "", "refuse"),
]


@pytest.mark.parametrize(("level", "text", "notice", "route"), TO_THE_BOT)
async def test_a_visitors_word_leads_to_what_its_level_says(token: str, company: Company, level: str, text: str, notice: str, route: str) -> None:
    await sync_to_async(list_word)(company, level)
    async with Chat(token) as chat:
        await chat.ask("answer this gr.obnik")
        answer = await chat.until_bot()
        if route == "handoff":
            await chat.until("owner.changed", lambda data: data["owner"] == "queue")
    (mine,) = [frame["data"]["message"] for frame in chat.frames if frame["type"] == "msg.new" and frame["data"]["message"]["sender"] == "visitor"]
    assert (mine["text"], answer["wrap"]["route"], notices(chat)) == (text, route, [notice] if notice else [])
    assert mine.get("notice", "") == notice
    seen = await as_agents_see_it(pk=mine["id"])
    assert seen["text"] == text
    assert seen["screen"] == [{"term": "grobnik", "found": "gr.obnik", "category": "rivals", "level": level, "why": ""}]
    assert await recorded() == [("visitor", "grobnik", "gr.obnik", level, "")]


TO_A_PERSON = [
    ("log only", "a grobnik", ""),
    ("mask", "a *******", HIDDEN),
    ("warn agent", "a grobnik", ""),
    ("hand over", "a grobnik", ""),
    ("block", WITHHELD, WITHHOLDING),
]


@pytest.mark.parametrize(("level", "text", "notice"), TO_A_PERSON)
async def test_a_person_gets_what_the_level_lets_through(token: str, company: Company, level: str, text: str, notice: str) -> None:
    await sync_to_async(list_word)(company, level)
    async with Chat(token) as chat:
        await chat.ask("person")
        await chat.until("owner.changed")
        await chat.ask("a grobnik", "second")
        await chat.until("msg.new", lambda data: data["message"].get("client_id") == "second")
        if notice:
            await chat.until("filter.notice")
    seen = await as_agents_see_it(client_id="second")
    assert (seen["text"], seen.get("notice", ""), seen["screen"][0]["level"]) == (text, notice, level)
    assert notices(chat) == ([notice] if notice else [])


CRIES = [("en", "grobnik, I want to kill myself", "*******, I want to kill myself"), ("zh", "格罗布，我想自杀", "***，我想自杀")]


@pytest.mark.parametrize(("language", "said", "seen"), CRIES)
async def test_a_cry_for_help_reaches_a_person_although_another_word_is_blocked(
    token: str, company: Company, language: str, said: str, seen: str
) -> None:
    for term in ("grobnik", "格罗布"):
        await sync_to_async(list_word)(company, "block", term)
    async with Chat(token) as chat:
        await chat.ask(said, "cry")
        answer = await chat.until_bot()
        await chat.until("owner.changed", lambda data: data["owner"] == "queue")
    assert answer["text"] == built_in(language, "in_need")
    assert (await as_agents_see_it(client_id="cry"))["text"] == seen
    assert notices(chat) == [built_in(language, "words_hidden")]


@pytest.mark.parametrize(("language", "said"), [("en", "I want to kill myself"), ("zh", "我想自杀")])
async def test_who_waits_for_a_person_is_told_once_who_listens_now(token: str, language: str, said: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("person")
        await chat.until("owner.changed")
        for client_id in ("cry", "again"):
            await chat.ask(said, client_id)
            await chat.until("msg.new", lambda data, sent=client_id: data["message"].get("client_id") == sent)
    helped = Message.objects.filter(text=built_in(language, "in_need"), sender="system")
    assert await helped.acount() == 1


async def test_a_blocked_message_that_comes_again_is_known(token: str, company: Company) -> None:
    await sync_to_async(list_word)(company, "block")
    async with Chat(token) as chat:
        await chat.ask("answer this grobnik", "one")
        await chat.until_bot()
        await chat.ask("answer this grobnik", "one")
        await chat.until("msg.ack")
    assert await Message.objects.filter(sender="visitor").acount() == 1
    assert await WordHit.objects.acount() == 1


async def test_the_polite_sentence_is_in_the_visitors_language(token: str, company: Company) -> None:
    await sync_to_async(list_word)(company, "mask", "格罗布")
    async with Chat(token) as chat:
        await chat.ask("你们有格罗布吗")
        notice = await chat.until("filter.notice")
    assert notice["text"] == built_in("zh", "words_hidden")


# --- from the bot, stored --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "route", "notice"),
    [("log only", "answer", ""), ("mask", "answer", HIDDEN), ("warn agent", "answer", ""), ("block", "answer", ""), ("hand over", "handoff", "")],
)
async def test_a_stored_answer_passes_the_filter(
    token: str, company: Company, level: str, route: str, notice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sync_to_async(list_word)(company, level)
    monkeypatch.setitem(ANSWERS["shipping"], "en", "We ship by grobnik.")
    async with Chat(token) as chat:
        await chat.ask("answer me")
        answer = await chat.until_bot()
        if notice:
            await chat.until("filter.notice")
        if route == "handoff":
            await chat.until("owner.changed")
    expected = {"mask": "We ship by *******.", "block": built_in("en", "safety"), "hand over": built_in("en", "safety_handoff")}
    assert (answer["text"], answer["wrap"]["route"]) == (expected.get(level, "We ship by grobnik."), route)
    assert (answer.get("notice", ""), notices(chat)) == (notice, [notice] if notice else [])
    assert await recorded() == [("bot", "grobnik", "grobnik", level, "")]


# --- from the bot, as it writes --------------------------------------------------------------------------------------

SENTENCE = "Green tea is brewed at 80 degrees."
PIECES = (SENTENCE, " Brew it for gr", "ob", "nik with tea", ".")
WRITTEN = [
    ("log only", f"{SENTENCE} Brew it for grobnik with tea.", "stop", ""),
    ("warn agent", f"{SENTENCE} Brew it for grobnik with tea.", "stop", ""),
    ("mask", f"{SENTENCE} Brew it for ******* with tea.", "stop", HIDDEN),
    ("block", SENTENCE, "filtered", REST),
    ("hand over", SENTENCE, "filtered", built_in("en", "filtered_handoff")),
]


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(("level", "text", "finish", "notice"), WRITTEN)
async def test_a_word_in_the_middle_of_an_answer(
    token: str, company: Company, level: str, text: str, finish: str, notice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sync_to_async(list_word)(company, level)
    say(monkeypatch, *PIECES)
    async with Chat(token) as chat:
        await chat.ask("generate something about brewing")
        end = await chat.until("gen.end")
        if notice:
            await chat.until("filter.notice")
        if level == "hand over":
            await chat.until("owner.changed", lambda data: data["owner"] == "queue")
    assert (chat.streamed(end["gen"]), end["finish"], end["length"], notices(chat)) == (text, finish, len(text), [notice] if notice else [])
    assert without_it(chat) == (level not in ("log only", "warn agent"))
    seen = await as_agents_see_it(pk=end["message_id"])
    assert (seen["text"], seen["screen"][0]["level"]) == (text, level)
    assert await recorded() == [("bot", "grobnik", "grobnik", level, "")]
    assert (await Conversation.objects.aget()).handoff_reason == ("safety" if level == "hand over" else "")
    async with Chat(token) as second:
        messages = await told_again(second)
    assert [(message["text"], message.get("notice", "")) for message in messages if message["id"] == end["message_id"]] == [(text, notice)]


async def told_again(chat: Chat) -> list[dict[str, Any]]:
    """What a tab draws that was opened later."""
    await chat.send("resume", {"last_seq": 10_000})
    state = await chat.until("state")
    return list(state["messages"])


@pytest.mark.usefixtures("site")
async def test_where_it_begins_with_the_word_a_sentence_stands_in_its_place(token: str, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    await sync_to_async(list_word)(company, "block")
    say(monkeypatch, "Grobnik", " it is.")
    async with Chat(token) as chat:
        await chat.ask("generate something about brewing")
        end = await chat.until("gen.end")
        await chat.until("filter.notice")
    assert chat.streamed(end["gen"]) == built_in("en", "safety")


@pytest.mark.usefixtures("site")
async def test_the_rule_of_the_site_decides_in_the_stream(token: str, company: Company, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await sync_to_async(list_word)(company, "block")
    await WordRule.objects.acreate(company=company, site=site, category="rivals", direction="bot", action="mask")
    say(monkeypatch, *PIECES)
    async with Chat(token) as chat:
        await chat.ask("generate something about brewing")
        end = await chat.until("gen.end")
    assert (end["finish"], chat.streamed(end["gen"])) == ("stop", f"{SENTENCE} Brew it for ******* with tea.")
    assert await recorded() == [("bot", "grobnik", "grobnik", "mask", "site")]


# --- from agents -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", Level)
def test_an_agents_word_leads_to_what_its_level_says(site: Site, company: Company, level: Level) -> None:
    list_word(company, level)
    conversation = conversation_of(site)
    body = {"client_id": "a", "text": "Not a grobnik."}
    replied = Desk(agent_of(company, "ann")).post(f"conversations/{conversation.pk}/replies", body, ver=conversation.owner_version)
    is_sent = level not in (Level.BLOCK, Level.HAND_OVER)
    assert replied.status_code == (200 if is_sent else 400)
    assert [(hit.direction, hit.level, hit.conversation) for hit in WordHit.objects.all()] == [("agent", level, conversation.pk)]
    shown = [bubble_of(message) for message in conversation.messages.filter(sender="agent")]
    text = "Not a *******." if level is Level.MASK else "Not a grobnik."
    assert [(bubble["text"], bubble["screen"][0]["level"]) for bubble in shown] == ([(text, level)] if is_sent else [])


def test_the_inbox_shows_where_agents_are_warned(site: Site, company: Company) -> None:
    list_word(company, "warn agent")
    warned, calm = conversation_of(site, "a grobnik"), conversation_of(site, "hello")
    rows = Desk(agent_of(company, "ann")).get("conversations", view="all").json()["results"]
    assert {row["id"]: row["is_warned"] for row in rows} == {str(warned.pk): True, str(calm.pk): False}
