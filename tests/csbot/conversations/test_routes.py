"""What a visitor sees of each route, through the socket."""

from __future__ import annotations

import hashlib

import pytest

from csbot.accounts.models import Agent, Company, User
from csbot.conversations.models import Conversation, Message, Turn
from csbot.conversations.presence import presence_beat
from knowledge.models import Word, WordList
from tests.csbot.conversations.chat import Chat
from tests.csbot.conversations.fakes import ANSWERS

pytestmark = [pytest.mark.usefixtures("running")]


async def test_a_standard_question_gets_the_stored_text(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("answer me: when do you ship?")
        message = await chat.until_bot()
    assert message["text"] == ANSWERS["shipping"]["en"]
    assert message["wrap"]["route"] == "answer"
    assert message["wrap"]["sources"][0]["id"] == "shipping"


async def test_a_near_miss_is_asked_back_and_a_chip_answers(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("clarify: sending")
        offered = await chat.until("clarify")
        assert [option["faq"] for option in offered["options"]] == ["shipping", "returns"]
        await chat.send("chip.click", {"client_id": "c1", "message_id": offered["message_id"], "faq": "returns"})
        message = await chat.until_bot()
    assert message["text"] == ANSWERS["returns"]["en"]


async def test_none_of_these_goes_to_the_generator(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("clarify: sending")
        offered = await chat.until("clarify")
        await chat.send("chip.click", {"client_id": "c1", "message_id": offered["message_id"], "faq": "none"})
        started = await chat.until("gen.start")
        ended = await chat.until("gen.end")
    assert started["gen"] == ended["gen"]


async def test_a_generated_answer_streams_exactly_what_is_stored(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("generate something about brewing")
        started = await chat.until("gen.start")
        ended = await chat.until("gen.end")
        shown = chat.streamed(started["gen"])
    stored = await Message.objects.aget(pk=ended["message_id"])
    assert started["sources"][0]["id"] == "brewing"
    assert shown == stored.text != ""
    assert (ended["length"], ended["sha256"]) == (len(shown), hashlib.sha256(shown.encode()).hexdigest())


async def test_a_wish_for_a_person_puts_the_conversation_into_the_queue(token: str, company: Company) -> None:
    user = await User.objects.acreate(username="ann")
    agent = await Agent.objects.acreate(company=company, user=user, display_name="Ann")
    presence_beat(company.pk, agent.pk)
    async with Chat(token) as chat:
        await chat.ask("person please")
        await chat.until_bot()
        changed = await chat.until("owner.changed")
        place = await chat.until("queue.update")
    assert changed["owner"] == "queue"
    assert place["position"] == 1


async def test_small_talk_gets_the_editors_words(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("hello")
        message = await chat.until_bot()
    assert (message["text"], message["wrap"]["route"]) == ("Hello there.", "chitchat")


async def test_a_listed_word_is_refused_and_a_person_offered(token: str, company: object) -> None:
    words = await WordList.objects.acreate(company=company, name="house")
    await Word.objects.acreate(word_list=words, term="grobnik", level=Word.Level.BLOCK, category="test")
    async with Chat(token) as chat:
        await chat.ask("answer this grobnik")
        message = await chat.until_bot()
    assert message["wrap"]["route"] == "refuse"
    assert (await Turn.objects.aget()).reason == "safety"


async def list_word(company: object, term: str) -> None:
    words = await WordList.objects.acreate(company=company, name="house")
    await Word.objects.acreate(word_list=words, term=term, level=Word.Level.BLOCK, category="test")


async def test_a_chip_with_a_listed_word_is_neither_shown_nor_taken(token: str, company: object) -> None:
    await list_word(company, "when do you")
    async with Chat(token) as chat:
        await chat.ask("clarify: sending")
        offered = await chat.until("clarify")
        await chat.send("chip.click", {"client_id": "c1", "message_id": offered["message_id"], "faq": "shipping"})
        refused = await chat.until("error")
    stored = await Message.objects.aget(pk=offered["message_id"])
    assert [option["faq"] for option in offered["options"]] == [option["faq"] for option in stored.wrap["options"]] == ["returns"]
    assert refused["code"] == "not_found"


async def test_where_no_chip_may_be_shown_a_person_is_offered(token: str, company: object) -> None:
    await list_word(company, "do")
    async with Chat(token) as chat:
        await chat.ask("clarify: sending")
        message = await chat.until_bot()
    assert (message["wrap"]["route"], message["wrap"]["handoff"]["offered"]) == ("refuse", True)


async def test_a_title_with_a_listed_word_stands_under_no_answer(token: str, company: object) -> None:
    await list_word(company, "when do you ship")
    async with Chat(token) as chat:
        await chat.ask("answer me: the time of sending")
        message = await chat.until_bot()
    assert (message["text"], message["wrap"]["sources"]) == (ANSWERS["shipping"]["en"], [])


async def test_a_title_with_a_listed_word_stands_under_nothing_generated(token: str, company: object) -> None:
    await list_word(company, "brewing")
    async with Chat(token) as chat:
        await chat.ask("generate something about tea")
        started = await chat.until("gen.start")
        ended = await chat.until("gen.end")
    assert started["sources"] == ended["sources"] == ended["wrap"]["sources"] == []


async def test_without_evidence_nothing_is_made_up(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("none of this is known")
        message = await chat.until_bot()
    assert message["wrap"]["route"] == "refuse"
    assert message["wrap"]["handoff"]["offered"] is True


async def test_a_broken_stage_ends_in_an_honest_text(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("crash please")
        message = await chat.until_bot()
    turn = await Turn.objects.aget()
    assert message["text"]
    assert (turn.state, turn.attempt) == (Turn.State.FAILED, 2)


async def test_a_chinese_question_gets_a_chinese_answer(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("answer 什么时候发货呢,我想知道")
        message = await chat.until_bot()
    assert (message["text"], message["language"]) == (ANSWERS["shipping"]["zh"], "zh")


async def test_nothing_is_stored_before_the_first_message(token: str) -> None:
    async with Chat(token):
        assert await Conversation.objects.acount() == 0
