"""The official `openai` client against the running product; and what it is told when something is wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from django.test import Client

from csbot.accounts.models import Company, Site
from csbot.conversations.models import Conversation, Message, Turn
from csbot.conversations.texts import built_in
from csbot.lib.status import WorkerStatus, status_write
from csbot.reports.figures import FIGURES
from inference import facade as inference
from inference.contracts import EngineDead, EngineOverloaded
from knowledge.models import Word, WordHit, WordList
from tests.csbot.api.conftest import key_of
from tests.csbot.conversations.test_generating import Said

URL = "/v1/chat/completions"
HI: list[Any] = [{"role": "user", "content": "answer me"}]


@pytest.fixture
def client_of(address: str, running: None, company: Company, site: Site) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key=key_of(company), max_retries=0, timeout=30)


def test_the_client_gets_an_answer_with_usage_and_sources(client_of: openai.OpenAI) -> None:
    assert [model.id for model in client_of.models.list()] == ["site", "scripted"]
    told = client_of.chat.completions.create(model="site", messages=HI)
    assert (told.choices[0].message.content, told.choices[0].finish_reason) == ("We ship within 2 days.", "stop")
    assert told.usage
    assert told.usage.total_tokens == told.usage.prompt_tokens + told.usage.completion_tokens > 2
    assert told.csbot["route"] == "answer"  # type: ignore[attr-defined]
    assert Conversation.objects.get().origin == "api"


@pytest.mark.parametrize("words", ["answer me", "generate something about brewing", "clarify: sending", "none of it"])
def test_a_stream_says_exactly_what_is_stored(client_of: openai.OpenAI, words: str) -> None:
    stream = client_of.chat.completions.create(
        model="site", messages=[{"role": "user", "content": words}], stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    stored = "\n".join(Message.objects.filter(sender="bot").order_by("created").values_list("text", flat=True))
    assert text.startswith(stored)
    assert stored
    assert chunks[-1].usage
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-2].csbot["conversation"] == str(Conversation.objects.get().pk)  # type: ignore[attr-defined]


def test_a_generated_answer_comes_in_pieces(client_of: openai.OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly() -> Iterator[str]:
        for piece in ("Green tea ", "is brewed ", "at 80 degrees ", "for 2 minutes."):
            time.sleep(0.3)
            yield piece

    monkeypatch.setattr("inference.facade.answer_pieces", lambda request: (Said(), slowly()))
    stream = client_of.chat.completions.create(model="site", messages=[{"role": "user", "content": "generate something about brewing"}], stream=True)
    assert sum(bool(chunk.choices[0].delta.content) for chunk in stream if chunk.choices) > 1


def test_offered_questions_are_listed_for_clients_without_chips(client_of: openai.OpenAI) -> None:
    told = client_of.chat.completions.create(model="site", messages=[{"role": "user", "content": "clarify: sending"}])
    assert "- When do you ship?" in (told.choices[0].message.content or "")


def test_earlier_exchanges_are_context_and_counted_nowhere(client_of: openai.OpenAI) -> None:
    before: list[Any] = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "hello"}, {"role": "assistant", "content": "Hi."}]
    client_of.chat.completions.create(model="site", messages=[*before, *HI])
    assert list(Turn.objects.order_by("created").values_list("reason", flat=True)) == ["context", "faq"]
    assert "routes" in FIGURES


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        (b"", 400, None),
        (b"{", 400, None),
        (b"\xff", 400, None),
        (b"[]", 400, None),
        (b"[" * 9000, 400, None),
        ({"messages": HI}, 400, "model"),
        ({"model": "gpt-5", "messages": HI}, 404, "model"),
        ({"model": "site"}, 400, "messages"),
        ({"model": "site", "messages": []}, 400, "messages"),
        ({"model": "site", "messages": [{"role": "assistant", "content": "hi"}]}, 400, "messages[0]"),
        ({"model": "site", "messages": [{"role": "user", "content": " "}]}, 400, "messages[0]"),
        ({"model": "site", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "messages[0].content"),
        ({"model": "site", "messages": [{"role": "user", "content": "a\x00b"}]}, 400, "messages[0].content"),
        ({"model": "site", "messages": HI, "n": 3}, 400, "n"),
        ({"model": "site", "messages": [{"role": "tool", "content": "x"}, *HI]}, 400, "messages[0].role"),
        ({"model": "scripted", "messages": HI, "max_tokens": 0}, 400, "max_tokens"),
        ({"model": "scripted", "messages": HI, "max_tokens": True}, 400, "max_tokens"),
        ({"model": "scripted", "messages": HI, "temperature": 3}, 400, "temperature"),
        ({"model": "scripted", "messages": HI, "stop": ["a"] * 5}, 400, "stop"),
        ({"model": "scripted", "messages": HI, "stop": [""]}, 400, "stop"),
        ({"model": "scripted", "messages": [{"role": "user", "content": "word " * 5000}]}, 400, "messages"),
        ({"model": "site", "messages": [{"role": "user", "content": "x" * 5000}]}, 400, None),
        (b"x" * 300_000, 413, None),
        (b"x" * 2_000_000, 413, None),
    ],
)
def test_what_cannot_be_asked_is_told(client: Client, company: Company, site: Site, body: Any, status: int, param: str | None) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body)
    told = client.generic("POST", URL, data, content_type="application/json", headers={"Authorization": f"Bearer {key_of(company)}"})
    assert told.status_code == status
    error = told.json()["error"]
    assert (error["param"], bool(error["message"])) == (param, True)


# --- the engine alone ------------------------------------------------------------------------------------------------


def test_a_models_own_name_asks_the_engine_alone(client_of: openai.OpenAI) -> None:
    told = client_of.chat.completions.create(model="scripted", messages=[{"role": "system", "content": "Repeat."}, *HI], temperature=0)
    assert (told.model, told.choices[0].message.content, told.choices[0].finish_reason) == ("scripted", "answer me", "stop")
    assert told.usage
    assert told.usage.completion_tokens == 2
    assert not Conversation.objects.exists()


def test_its_stream_is_its_answer_and_short_where_that_is_wished(client_of: openai.OpenAI) -> None:
    words: list[Any] = [{"role": "user", "content": "one two three four"}]
    chunks = list(client_of.chat.completions.create(model="scripted", messages=words, stream=True, stream_options={"include_usage": True}))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "one two three four"
    assert chunks[-1].usage
    cut = client_of.chat.completions.create(model="scripted", messages=words, max_tokens=2).choices[0]
    assert (cut.message.content, cut.finish_reason) == ("one two", "length")
    stopped = client_of.chat.completions.create(model="scripted", messages=words, stop=" three").choices[0]
    assert (stopped.message.content, stopped.finish_reason) == ("one two", "stop")


@pytest.mark.parametrize("is_stream", [False, True])
def test_the_word_filter_stands_before_it_and_behind_it(
    client_of: openai.OpenAI, company: Company, is_stream: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = WordList.objects.create(company=company, name="ours")
    Word.objects.create(word_list=words, term="forbidden", level="block")
    monkeypatch.setattr(inference.engine(), "_script", lambda request: ["this is ", "for", "bidden", " fruit"])
    asked: list[Any] = [{"role": "user", "content": "what is it"}]
    if is_stream:
        chunks = list(client_of.chat.completions.create(model="scripted", messages=asked, stream=True))
        text, finish = "".join(chunk.choices[0].delta.content or "" for chunk in chunks), chunks[-1].choices[0].finish_reason
    else:
        choice = client_of.chat.completions.create(model="scripted", messages=asked).choices[0]
        text, finish = choice.message.content or "", choice.finish_reason
    assert "forbidden" not in text
    assert finish == "content_filter"
    with pytest.raises(openai.BadRequestError, match="does not allow"):
        client_of.chat.completions.create(model="scripted", messages=[{"role": "user", "content": "forbidden"}], stream=is_stream)


@pytest.mark.parametrize(("error", "kind"), [(EngineOverloaded(3), openai.RateLimitError), (EngineDead("gone"), openai.InternalServerError)])
@pytest.mark.parametrize("is_stream", [False, True])
def test_an_engine_without_room_or_life_is_told_by_a_status(
    client_of: openai.OpenAI, monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type[Exception], is_stream: bool
) -> None:
    def submit(_: object) -> None:
        raise error

    monkeypatch.setattr(inference.engine(), "submit", submit)
    with pytest.raises(kind):
        client_of.chat.completions.create(model="scripted", messages=HI, stream=is_stream)


def test_without_an_engine_only_the_site_is_offered(client_of: openai.OpenAI) -> None:
    status_write("generation", WorkerStatus("loading", model="scripted"))
    assert [model.id for model in client_of.models.list()] == ["site"]
    with pytest.raises(openai.NotFoundError):
        client_of.chat.completions.create(model="scripted", messages=HI)


NO_KEYS = [({}, "missing_api_key"), ({"Authorization": "Bearer nothing"}, "invalid_api_key"), ({"Authorization": "Basic x"}, "missing_api_key")]


@pytest.mark.parametrize(("headers", "code"), NO_KEYS)
def test_without_a_key_nothing_is_asked(client: Client, db: None, headers: dict[str, str], code: str) -> None:
    for method, path in (("POST", URL), ("GET", "/v1/models")):
        told = client.generic(method, path, "{}", content_type="application/json", headers=headers)
        assert (told.status_code, told.json()["error"]["code"]) == (401, code)


def test_a_key_that_may_not_chat_and_a_product_that_sleeps(client: Client, company: Company, site: Site, redis_clean: None) -> None:
    body = json.dumps({"model": "site", "messages": HI})
    told = client.generic("POST", URL, body, content_type="application/json", headers={"Authorization": f"Bearer {key_of(company, ['desk.read'])}"})
    assert told.status_code == 403
    told = client.generic("POST", URL, body, content_type="application/json", headers={"Authorization": f"Bearer {key_of(company)}"})
    assert (told.status_code, told.json()["error"]["type"]) == (503, "server_error")


@pytest.mark.parametrize(("level", "sent"), [("log only", "a forbidden one"), ("mask", "a ********* one"), ("warn agent", "a forbidden one")])
def test_what_people_say_passes_the_filter_before_the_engine_reads_it(client_of: openai.OpenAI, company: Company, level: str, sent: str) -> None:
    Word.objects.create(word_list=WordList.objects.create(company=company, name="ours"), term="forbidden", category="c", level=level)
    asked: list[Any] = [{"role": "system", "content": "Say it again."}, {"role": "user", "content": "a forbidden one"}]
    told = client_of.chat.completions.create(model="scripted", messages=asked).choices[0]
    assert told.message.content == sent
    assert [(hit.direction, hit.level) for hit in WordHit.objects.order_by("pk")][:1] == [("visitor", level)]


def test_an_earlier_message_is_screened_too(client_of: openai.OpenAI, company: Company) -> None:
    Word.objects.create(word_list=WordList.objects.create(company=company, name="ours"), term="forbidden", category="c", level="hand over")
    asked: list[Any] = [{"role": "user", "content": "forbidden"}, {"role": "assistant", "content": "no"}, {"role": "user", "content": "hello"}]
    with pytest.raises(openai.BadRequestError, match="does not allow"):
        client_of.chat.completions.create(model="scripted", messages=asked)


def test_earlier_exchanges_are_kept_as_the_filter_lets_them(client_of: openai.OpenAI, company: Company) -> None:
    Word.objects.create(word_list=WordList.objects.create(company=company, name="ours"), term="forbidden", category="c", level="mask")
    asked: list[Any] = [{"role": "user", "content": "a forbidden one"}, {"role": "assistant", "content": "a forbidden reply"}, *HI]
    client_of.chat.completions.create(model="site", messages=asked)
    assert not Message.objects.filter(text__contains="forbidden").exists()
    assert Message.objects.filter(text="a ********* reply").exists()


# --- somebody in need ------------------------------------------------------------------------------------------------

CRY: list[Any] = [{"role": "user", "content": "I want to kill myself"}]
CARE = built_in("en", "in_need_alone")


def told_in_need(client: openai.OpenAI, model: str, messages: list[Any], *, is_stream: bool) -> tuple[str, str | None]:
    if not is_stream:
        choice = client.chat.completions.create(model=model, messages=messages).choices[0]
        return choice.message.content or "", choice.finish_reason
    chunks = list(client.chat.completions.create(model=model, messages=messages, stream=True))
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks), chunks[-1].choices[0].finish_reason


@pytest.mark.parametrize("is_stream", [False, True])
@pytest.mark.parametrize("model", ["site", "scripted"])
def test_whoever_speaks_of_harming_themselves_is_told_who_listens(client_of: openai.OpenAI, model: str, is_stream: bool) -> None:
    text, finish = told_in_need(client_of, model, CRY, is_stream=is_stream)
    assert CARE in text
    assert finish == "content_filter"
    assert WordHit.objects.filter(category="self-harm", level="hand over").exists()


def test_the_engine_alone_promises_nobody_and_uses_the_sites_own_words(client_of: openai.OpenAI, company: Company, site: Site) -> None:
    Word.objects.create(word_list=WordList.objects.create(company=company, name="ours"), term="forbidden", level="block")
    text, _ = told_in_need(client_of, "scripted", [{"role": "user", "content": "forbidden 我想自杀"}], is_stream=False)
    assert text == built_in("zh", "in_need_alone")
    Site.objects.update(texts={"en": {"in_need_alone": "Call 988."}})
    assert told_in_need(client_of, "scripted", CRY, is_stream=False)[0] == "Call 988."


def test_a_cry_for_help_in_the_history_is_answered_once(client_of: openai.OpenAI) -> None:
    unanswered: list[Any] = [*CRY, {"role": "assistant", "content": "no"}, {"role": "user", "content": "hello"}]
    assert told_in_need(client_of, "scripted", unanswered, is_stream=False) == (CARE, "content_filter")
    answered: list[Any] = [*CRY, {"role": "assistant", "content": CARE}, {"role": "user", "content": "thank you"}]
    assert told_in_need(client_of, "scripted", answered, is_stream=False) == ("thank you", "stop")
    again: list[Any] = [*answered, {"role": "assistant", "content": "sure"}, *CRY]
    assert told_in_need(client_of, "scripted", again, is_stream=False) == (CARE, "content_filter")


def test_while_the_product_sleeps_somebody_in_need_is_told_and_kept(client: Client, company: Company, site: Site, redis_clean: None) -> None:
    body = json.dumps({"model": "site", "messages": CRY})
    told = client.generic("POST", URL, body, content_type="application/json", headers={"Authorization": f"Bearer {key_of(company)}"})
    assert told.json()["choices"][0]["message"]["content"] == CARE
    assert Message.objects.filter(sender="visitor", conversation__turns__state="queued").exists()
