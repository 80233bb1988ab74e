"""Changed words count in every process within seconds, and no message is lost while many of them are compiled."""

from __future__ import annotations

import asyncio
import time

import pytest
from asgiref.sync import sync_to_async

from csbot.accounts.models import Company
from csbot.conversations.models import Message
from knowledge.contracts import Direction
from knowledge.word_cache import LARGE, FilterCache
from knowledge.word_lists import Wanted, words_import
from knowledge.words import Rows
from tests.csbot.conversations.chat import Chat

pytestmark = [pytest.mark.usefixtures("running", "site"), pytest.mark.thorough]
LIMIT_S = 5.0


def imported(company: Company, *words: Wanted) -> None:
    words_import(company.pk, "ours", words, category="rivals", level="mask", by="ed")


async def test_messages_that_come_during_a_reload_are_all_answered_and_the_new_words_count_soon(token: str, company: Company) -> None:
    await sync_to_async(imported)(company, *(Wanted(f"zorblax{number}qx") for number in range(2 * LARGE)))
    asked = 0
    async with Chat(token) as chat:
        await chat.ask("answer me")
        await chat.until_bot()
        await sync_to_async(imported)(company, Wanted("grobnik"))
        until = time.monotonic() + LIMIT_S
        masked = False
        while not masked:
            assert time.monotonic() < until, "the new word does not count yet"
            asked += 1
            client_id = await chat.ask("answer me about grobnik")
            mine = await chat.until("msg.new", lambda data, wanted=client_id: data["message"].get("client_id") == wanted)  # type: ignore[misc]
            await chat.until_bot()
            masked = mine["message"]["text"] == "answer me about *******"
            await asyncio.sleep(0.4)  # a visitor has a limit of messages
    assert await Message.objects.filter(sender="bot").acount() == asked + 1


def test_each_process_has_its_own_copy_and_sees_the_change(company: Company) -> None:
    processes = [FilterCache(Rows()) for _ in range(3)]
    assert [bool(one.get(company.pk).check("a grobnik", Direction.BOT).hits) for one in processes] == [False] * 3
    imported(company, Wanted("grobnik"))
    until = time.monotonic() + LIMIT_S
    while not all(one.get(company.pk).check("a grobnik", Direction.BOT).hits for one in processes):
        assert time.monotonic() < until, "the new word does not count yet"
        time.sleep(0.1)
    assert len({one.get(company.pk).version for one in processes}) == 1
