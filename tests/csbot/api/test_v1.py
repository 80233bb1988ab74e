"""The API for programs: talking, knowing, searching; repeated requests, bad ones, and those of others."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from csbot.accounts.models import Company, Site
from csbot.api.models import KeptReply
from csbot.conversations.models import Conversation, Message
from knowledge.models import Article, Faq, KnowledgeBase
from tests.csbot.api.conftest import Program, key_of
from tests.csbot.dashboard.desks import conversation_of

FAQ = {"key": "tea.brewing", "variants": {"en": ["How do I brew it?", "brewing?"]}, "answers": {"en": {"text": "At 80 degrees."}}}


# --- talking ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("running")
def test_a_program_talks_as_a_visitor_and_reads_what_was_said(program: Program) -> None:
    begun = program.post("conversations").json()
    assert begun["origin"] == "api"
    answer = program.post(f"conversations/{begun['id']}/messages", {"text": "answer me"}).json()
    assert (answer["route"], answer["text"]) == ("answer", "We ship within 2 days.")
    assert "trace" not in answer
    said = program.get(f"conversations/{begun['id']}/messages").json()["results"]
    assert [message["sender"] for message in said] == ["visitor", "bot"]
    assert [row["id"] for row in program.get("conversations").json()["results"]] == [begun["id"]]


@pytest.mark.usefixtures("running")
def test_who_does_not_wait_reads_the_answer_later(program: Program) -> None:
    begun = program.post("conversations").json()
    told = program.post(f"conversations/{begun['id']}/messages", {"text": "person please", "wait_s": 0})
    assert (told.status_code, told.json()["conversation"]) == (202, begun["id"])


@pytest.mark.usefixtures("running")
def test_search_tells_what_would_be_answered_and_why(program: Program) -> None:
    told = program.post("search", {"text": "answer me"}).json()
    assert (told["route"], told["faq"]) == ("answer", "shipping")
    assert told["trace"]["faq"]["candidates"][0]["faq"] == "shipping"
    assert program.get("conversations").json()["results"] == []


def test_without_workers_search_says_so(program: Program, redis_clean: None) -> None:
    assert program.post("search", {"text": "answer me"}).status_code == 503


def test_messages_come_in_pages(program: Program, site: Site) -> None:
    conversation = conversation_of(site, "one")
    Message.objects.bulk_create(Message(conversation=conversation, sender="bot", text=str(number), language="en") for number in range(119))
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get(f"conversations/{conversation.pk}/messages?cursor={cursor}").json()
        seen += [message["id"] for message in page["results"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 120


def test_programs_put_no_words_into_visitors_mouths(program: Program, site: Site, redis_clean: None) -> None:
    conversation = conversation_of(site, "mine")
    assert program.post(f"conversations/{conversation.pk}/messages", {"text": "not mine"}).status_code == 404


# --- knowing ---------------------------------------------------------------------------------------------------------


def test_a_faq_is_made_read_written_and_deleted(program: Program) -> None:
    made = program.post("faqs", FAQ)
    assert (made.status_code, made.json()["variants"]["en"]) == (201, FAQ["variants"]["en"])
    assert [program.post("faqs", {**FAQ, "key": key}).status_code for key in (FAQ["key"], "none")] == [409, 409]
    body = {name: value for name, value in FAQ.items() if name != "key"} | {"answers": {"en": {"text": "At 90."}, "zh": {"text": "90 度。"}}}
    assert program.put("faqs/tea.brewing", body).json()["answers"]["zh"]["text"] == "90 度。"
    assert [faq["key"] for faq in program.get("faqs?q=90").json()["results"]] == ["tea.brewing"]
    assert Faq.objects.get().history.count() >= 2
    assert program.send("DELETE", "faqs/tea.brewing").status_code == 204
    assert program.get("faqs/tea.brewing").status_code == 404


def test_many_faqs_are_imported_all_or_none(program: Program) -> None:
    rows = [{**FAQ, "key": f"tea.{number}"} for number in range(60)]
    assert program.post("faqs/import", {"faqs": rows}).json() == {"created": 60, "updated": 0}
    assert program.post("faqs/import", {"faqs": rows[:2]}).json() == {"created": 0, "updated": 2}
    assert program.post("faqs/import", {"faqs": [{**FAQ, "key": "new"}, {**FAQ, "key": "a b"}]}).status_code == 400
    assert program.post("faqs/import", {"faqs": [{**FAQ, "key": "new"}, {**FAQ, "key": "none"}]}).status_code == 409
    assert not Faq.objects.filter(key="new").exists()
    first = program.get("faqs").json()
    second = program.get(f"faqs?cursor={first['next']}").json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (50, 10, None)


@pytest.mark.usefixtures("redis_clean")
def test_publishing_is_asked_for_once(program: Program) -> None:
    program.post("faqs", FAQ)
    assert [program.post("faqs/publish").json()["started"] for _ in range(2)] == [True, False]


def test_an_article_is_written_cut_and_deleted(program: Program) -> None:
    body = {"title": "Brewing", "body": "# Green\n\nAt 80 degrees.\n\n# Black\n\nAt 95."}
    assert program.put("articles/brewing/en", body).status_code == 201
    assert program.put("articles/brewing/en", {**body, "title": "How to brew"}).status_code == 200
    assert Article.objects.get().passages.count() == 2
    assert program.get("articles").json()["results"][0]["title"] == "How to brew"
    assert program.put("articles/brewing/fr", body).status_code == 404
    assert program.send("DELETE", "articles/brewing/en").status_code == 204


# --- repeated requests -----------------------------------------------------------------------------------------------


def test_a_repeated_request_has_one_effect_and_one_answer(program: Program) -> None:
    first = program.post("conversations", {}, Idempotency_Key="k1")
    again = program.post("conversations", {}, Idempotency_Key="k1")
    assert (first.json()["id"], again.status_code, again["Idempotency-Replayed"]) == (again.json()["id"], 201, "true")
    assert Conversation.objects.count() == 1


def test_the_same_key_for_another_request_is_refused(program: Program) -> None:
    program.post("faqs", FAQ, Idempotency_Key="k1")
    assert program.post("faqs", {**FAQ, "key": "other"}, Idempotency_Key="k1").status_code == 422
    assert program.post("faqs", FAQ, Idempotency_Key="k" * 201).status_code == 400


def test_while_the_first_is_worked_on_the_second_is_told_so(program: Program) -> None:
    program.post("conversations", {}, Idempotency_Key="k1")
    KeptReply.objects.update(status=None)
    assert program.post("conversations", {}, Idempotency_Key="k1").status_code == 409


def test_a_refused_request_may_be_tried_again(program: Program) -> None:
    assert program.post("faqs", {**FAQ, "answers": {}}, Idempotency_Key="k1").status_code == 400
    assert program.post("faqs", FAQ, Idempotency_Key="k1").status_code == 201


# --- bad input, and others -------------------------------------------------------------------------------------------

BAD: list[Any] = [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"text": 5}', b'{"nonsense": 1}', b"[" * 5000, '{"text": "a\\u0000b", "key": "a"}']


@pytest.mark.parametrize("body", BAD)
@pytest.mark.parametrize("path", ["conversations", "search", "faqs", "faqs/import"])
def test_bad_bodies_are_told_what_is_wrong(program: Program, redis_clean: None, path: str, body: Any) -> None:
    told = program.send("POST", path, body)
    if (path, body) == ("conversations", b""):
        return  # nothing is a whole request there
    assert told.status_code == 400, told.content
    assert told.json()["errors"]


@pytest.mark.parametrize("query", ["cursor=%00", "cursor=zzz", "q=%00", "site=%00", "site=none"])
def test_bad_queries_break_nothing(program: Program, query: str) -> None:
    assert program.get(f"faqs?{query}").status_code in (200, 400, 404)


@pytest.fixture
def stranger(db: None) -> Program:
    company = Company.objects.create(name="Else", slug="else")
    base = KnowledgeBase.objects.create(company=company, name="Else", promise=3)
    Site.objects.create(company=company, knowledge_base=base, key="else", name="Else", default_language="en")
    return Program(key_of(company))


def test_another_companys_things_are_not_there(program: Program, stranger: Program, site: Site, redis_clean: None) -> None:
    program.post("faqs", FAQ)
    conversation = program.post("conversations").json()["id"]
    body = {name: value for name, value in FAQ.items() if name != "key"}
    tried = [
        stranger.get(f"conversations/{conversation}"),
        stranger.get(f"conversations/{conversation}/messages"),
        stranger.post(f"conversations/{conversation}/messages", {"text": "hi"}),
        stranger.get("faqs/tea.brewing"),
        stranger.get("faqs?site=tea"),
        stranger.put("faqs/tea.brewing", body),
        stranger.send("DELETE", "faqs/tea.brewing"),
        stranger.get(f"conversations/{uuid4()}"),
    ]
    assert {answer.status_code for answer in tried} == {404}
    assert tried[0].json() == tried[-1].json()
    assert stranger.get("conversations").json()["results"] == stranger.get("faqs").json()["results"] == []


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("desk.read", "GET", "conversations"),
        ("chat", "POST", "conversations"),
        ("knowledge.read", "GET", "faqs"),
        ("knowledge.edit", "POST", "faqs"),
        ("knowledge.edit", "POST", "faqs/publish"),
        ("knowledge.read", "GET", "articles"),
        ("knowledge.edit", "PUT", "articles/a/en"),
        ("knowledge.read", "POST", "search"),
        ("reports.read", "GET", "reports/routes"),
    ],
)
def test_each_endpoint_asks_for_its_own_scope(company: Company, site: Site, redis_clean: None, scope: str, method: str, path: str) -> None:
    others = ["chat", "desk.read", "desk.act", "knowledge.read", "knowledge.edit", "reports.read"]
    others.remove(scope)
    assert Program(key_of(company, others)).send(method, path, {} if method != "GET" else None).status_code == 403
    assert Program(key_of(company, [scope])).send(method, path, {} if method != "GET" else None).status_code != 403
