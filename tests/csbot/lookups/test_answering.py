"""A lookup in a conversation: asked, asked back, failed; through the running product."""

from __future__ import annotations

from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from csbot.accounts.models import Company, Site
from csbot.conversations.asking import question_ask, reply_as_json
from csbot.conversations.models import Turn, Visitor
from csbot.conversations.texts import built_in
from csbot.lib import redis
from csbot.lookups.answering import lookups_prepare
from csbot.lookups.models import Lookup
from knowledge.models import KnowledgeBase, Snapshot, Word, WordList
from tests.csbot.lookups.systems import lookup_at

Said = dict[str, Any]
pytestmark = [pytest.mark.usefixtures("running", "site")]


def ask(text: str, before: Said | None = None) -> Said:
    return reply_as_json(question_ask(text, conversation_id=before["conversation"] if before else "", timeout_s=20))


def test_a_named_order_is_answered_by_the_companys_system(lookup: Lookup) -> None:
    reply = ask("where is my order T100")
    assert (reply["route"], reply["reason"], reply["text"]) == ("answer", "lookup", "Order T100 is on its way, last seen in Wuhan.")
    assert reply["sources"] == [{"type": "lookup", "id": "orders", "title": "orders", "url": ""}]


def test_an_order_that_is_not_named_is_asked_for_and_then_found(lookup: Lookup) -> None:
    asked = ask("where is my order")
    assert (asked["route"], asked["reason"], asked["text"], asked["options"]) == ("clarify", "lookup", "Which order?", [])
    assert ask("T100, please", asked)["text"].startswith("Order T100 is on its way")


def test_whoever_changes_the_subject_is_not_asked_again(lookup: Lookup) -> None:
    asked = ask("where is my order")
    assert ask("answer me", asked)["reason"] == "faq"


def test_what_is_not_known_is_said_so(lookup: Lookup) -> None:
    assert ask("where is my order T999")["text"] == "There is no order T999."


def test_a_system_that_fails_is_not_talked_around(server: ThreadingHTTPServer, company: Company) -> None:
    lookup_at(server, company, "/broken/{number}")
    reply = ask("where is my order T100")
    assert (reply["route"], reply["text"]) == ("refuse", built_in("en", "lookup_failed"))
    assert reply["handoff"]["offered"]


def test_what_was_looked_up_is_never_remembered(lookup: Lookup) -> None:
    ask("where is my order T100")
    assert list(redis.connection().scan_iter(redis.key("answer", "*"))) == []


def test_a_listed_word_in_a_reply_is_masked(lookup: Lookup, company: Company) -> None:
    words = WordList.objects.create(company=company, name="ours")
    Word.objects.create(word_list=words, term="Wuhan", level="mask")
    assert "Wuhan" not in ask("where is my order T100")["text"]


def test_a_lookup_of_another_site_or_company_is_not_there(lookup: Lookup, company: Company, base: KnowledgeBase) -> None:
    lookup.site = Site.objects.create(company=company, knowledge_base=base, key="other", name="Other", default_language="en")
    lookup.save()
    assert ask("where is my order T100")["reason"] != "lookup"
    Lookup.objects.update(site=None, company=Company.objects.create(name="Else", slug="else"))
    assert ask("where is my order T100")["reason"] != "lookup"


def test_the_trace_names_lookup_values_and_outcome(lookup: Lookup) -> None:
    ask("where is my order T100")
    told = Turn.objects.get().trace.data["lookup"]
    assert (told["key"], told["values"], told["outcome"], told["status"]) == ("orders", {"number": "T100"}, "found", 200)


def test_a_lookup_for_known_visitors_asks_strangers_to_sign_in(server: ThreadingHTTPServer, company: Company) -> None:
    lookup_at(server, company, "/orders/{number}?of={visitor}", needs_identity=True)
    reply = ask("where is my order T100")
    assert (reply["route"], reply["reason"], reply["text"]) == ("clarify", "lookup", built_in("en", "sign_in"))
    assert server.asked == []  # type: ignore[attr-defined]
    Visitor.objects.update(external_id="70/01")
    assert ask("where is my order T100", reply)["text"].startswith("Order T100 is on its way")
    assert [path for _, path, *_ in server.asked] == ["/orders/T100?of=70%2F01"]  # type: ignore[attr-defined]


def test_what_a_lookup_needs_is_prepared_before_anybody_asks(lookup: Lookup, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared: list[Any] = []
    monkeypatch.setattr("tests.csbot.conversations.fakes.FakeKnowledge.prepare_examples", lambda _self, examples: prepared.append(examples))
    lookups_prepare()
    assert prepared == []  # nothing is published yet: there is nobody to judge
    base = site.knowledge_base
    base.published_snapshot = Snapshot.objects.create(pk="0" * 64, knowledge_base=base, number=1, manifest={}, report={})
    base.save()
    lookups_prepare()
    assert prepared == [
        (("orders", "我的订单T100到哪了"), ("orders", "where is my order T100"), ("orders", "where is my order")),
        (("orders", "我的订单 到哪了"), ("orders", "where is my order")),
    ]
