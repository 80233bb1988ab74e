"""What becomes of a message that means something no listed word says: who learns of it, what rules change, and that nothing is masked."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import translation

from csbot.accounts.models import Company, Site
from csbot.conversations.explaining import trace_in_words
from csbot.conversations.models import Message, Trace
from csbot.conversations.texts import built_in
from csbot.dashboard.details import bubble_of
from knowledge.models import WordHit, WordRule
from tests.csbot.conversations.chat import Chat

pytestmark = [pytest.mark.usefixtures("running")]

SCORN, DESPAIR = "answer this scorn", "answer my despair"


async def told(token: str, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The bot's answer, and the visitor's message as agents see it."""
    async with Chat(token) as chat:
        await chat.ask(text)
        answer = await chat.until_bot()
    return answer, await sync_to_async(lambda: bubble_of(Message.objects.filter(sender="visitor").latest("created")))()


@sync_to_async
def trace() -> dict[str, Any]:
    data: dict[str, Any] = Trace.objects.latest("at").data
    return data


@sync_to_async
def recorded() -> list[tuple[str, str, str]]:
    return list(WordHit.objects.values_list("category", "found", "level"))


@sync_to_async
def rule(company: Company, action: str, *, category: str = "", site: Site | None = None) -> None:
    WordRule.objects.create(company=company, site=site, category=category, direction="visitor", action=action)


async def test_an_insult_is_answered_and_shown_to_the_agent_with_its_score(token: str) -> None:
    answer, seen = await told(token, SCORN)
    assert answer["wrap"]["route"] == "answer"
    assert seen["text"] == SCORN
    assert seen["screen"] == [{"term": "93%", "found": "93%", "category": "abuse by meaning", "level": "warn agent", "why": ""}]
    assert await recorded() == [("abuse by meaning", "93%", "warn agent")]


async def test_who_speaks_of_self_harm_gets_help_and_a_person(token: str) -> None:
    answer, seen = await told(token, DESPAIR)
    assert (answer["wrap"]["route"], answer["text"]) == ("handoff", built_in("en", "in_need"))
    assert [hit["level"] for hit in seen["screen"]] == ["hand over"]


@pytest.mark.parametrize("category", ["self-harm by meaning", ""])
async def test_a_rule_makes_it_a_note_that_only_the_record_has(token: str, company: Company, category: str) -> None:
    await rule(company, "log only", category=category)
    answer, seen = await told(token, DESPAIR)
    assert answer["wrap"]["route"] == "answer"
    assert "screen" not in seen
    assert await recorded() == [("self-harm by meaning", "88%", "log only")]
    assert (await trace())["sensed"]["why"] == "company"


async def test_a_site_may_want_a_person_for_an_insult(token: str, company: Company, site: Site) -> None:
    await rule(company, "hand over", category="abuse by meaning", site=site)
    answer, _ = await told(token, SCORN)
    assert answer["wrap"]["route"] == "handoff"


@pytest.mark.parametrize("action", ["mask", "block"])
async def test_by_meaning_alone_nothing_is_masked_or_blocked(token: str, company: Company, action: str) -> None:
    await rule(company, action)
    answer, seen = await told(token, SCORN)
    assert (answer["wrap"]["route"], seen["text"]) == ("answer", SCORN)
    assert [hit["level"] for hit in seen["screen"]] == ["warn agent"]


async def test_switched_off_nothing_is_sensed(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CSBOT", settings.CSBOT.model_copy(update={"sensing": False}))
    answer, seen = await told(token, DESPAIR)
    assert answer["wrap"]["route"] == "answer"
    assert "screen" not in seen
    assert "sensed" not in await trace()


async def test_what_was_sensed_is_judged_again_the_next_time(token: str) -> None:
    for _ in range(2):
        await told(token, SCORN)
    assert "cache" not in await trace()
    assert len(await recorded()) == 2


@pytest.mark.parametrize(("language", "sentence"), [("en", "Without a listed word the message reads as abuse by meaning (93 %).")])
async def test_the_trace_says_so_in_words(token: str, language: str, sentence: str) -> None:
    await told(token, SCORN)
    with translation.override(language):
        assert sentence in trace_in_words(await trace())


async def test_a_word_in_disguise_is_shown_to_the_agent_and_hides_nothing(token: str) -> None:
    text = "answer 贝者博网站"
    _, seen = await told(token, text)
    assert seen["text"] == text
    assert [(hit["found"], hit["term"], hit["level"]) for hit in seen["screen"]] == [("贝者博网站", "赌博网站", "warn agent")]
    assert await recorded() == [("gambling", "贝者博网站", "warn agent")]
    data = await trace()
    with translation.override("en"):
        assert "Perhaps a listed word in disguise: 贝者博网站 → 赌博网站." in trace_in_words(data)
