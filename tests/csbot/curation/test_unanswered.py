"""What visitors asked in vain: found, counted, and turned into knowledge."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from csbot.accounts.callers import caller_of_agent
from csbot.accounts.models import Agent, AuditEntry, Company, Site
from csbot.conversations.models import Conversation, Feedback, Handoff, Message, Settled, Turn
from csbot.conversations.unanswered import Unanswered, unanswered_for
from csbot.lib.clock import now
from knowledge.faq_files import CsvTable
from knowledge.faq_table import FaqTable
from knowledge.models import Faq, KnowledgeBase, Variant
from tests.csbot.dashboard.desks import Desk, agent_of
from tests.csbot.reports.test_figures import talk_at, turn_at

REFUSED = {"route": "refuse", "reason": "no_evidence"}
CLARIFIED = {"route": "clarify", "reason": "clarify", "decision": {"options": [{"faq": "shipping", "text": "When do you ship?"}]}}


def found(company: Company, **fields: Any) -> list[Unanswered]:
    return unanswered_for(caller_of_agent(agent_of(company, f"reader{Agent.objects.count()}", "editor", **fields)))


@pytest.fixture
def talk(site: Site) -> Conversation:
    return talk_at(site, now() - timedelta(hours=2))


def ask(talk: Conversation, text: str, minutes: int = 0, **fields: Any) -> Turn:
    return turn_at(talk, now() - timedelta(minutes=100 - minutes), text=text, **fields)


def test_refused_questions_are_counted_by_their_words(talk: Conversation, company: Company) -> None:
    for number, text in enumerate(("Do you repair kettles?", "do you repair kettles", "hi, do you repair kettles?!")):
        ask(talk, text, number, **REFUSED)
    ask(talk, "Do you sell tea?", 9)
    (question,) = found(company)
    assert (question.count, dict(question.why), question.state) == (3, {"refused": 3}, "open")


def test_what_was_asked_back_counts_where_nothing_was_chosen(talk: Conversation, site: Site, company: Company) -> None:
    ask(talk, "refund", 1, **CLARIFIED)
    other = talk_at(site, now())
    ask(other, "shipping", 1, **CLARIFIED)
    ask(other, "When do you ship?", 2, route="answer")
    (question,) = found(company)
    assert (question.text, dict(question.why), list(question.options)) == ("refund", {"not_chosen": 1}, ["shipping"])


def test_a_thumb_down_and_a_hand_over_count(talk: Conversation, site: Site, company: Company) -> None:
    disliked = ask(talk, "How long does it take?", 1)
    answer = Message.objects.create(conversation=talk, sender="bot", text="Long.", language="en", turn=disliked)
    Feedback.objects.create(message=answer, value=-1)
    other = talk_at(site, now())
    ask(other, "What is it made of?", 1)
    ask(other, "Is it warm?", 2)
    ask(other, "a person please", 3, route="handoff", reason="requested")
    Handoff.objects.create(conversation=other, reason="requested", queued=now())
    told = {question.text: list(question.why) for question in found(company)}
    assert told == {"How long does it take?": ["disliked"], "Is it warm?": ["handed_over"]}


SETTLED = [{"route": "refuse", "reason": "safety"}, {"route": "chitchat"}, {"route": "answer"}, {"route": "clarify", "reason": "lookup"}]


@pytest.mark.parametrize("fields", SETTLED)
def test_what_was_answered_or_must_not_be_is_not_there(talk: Conversation, company: Company, fields: dict[str, str]) -> None:
    ask(talk, "whatever", **fields)
    assert found(company) == []


def test_the_console_and_other_companies_are_not_there(talk: Conversation, site: Site, company: Company) -> None:
    ask(talk_at(site, now(), origin="console"), "secret", **REFUSED)
    ask(talk, "mine", **REFUSED)
    stranger = Company.objects.create(name="Else", slug="else")
    assert [question.text for question in found(company)] == ["mine"]
    assert found(stranger) == []


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def editor(company: Company) -> Desk:
    return Desk(agent_of(company, "edi", "editor"))


@pytest.fixture
def question(talk: Conversation, company: Company, base: KnowledgeBase) -> Unanswered:
    faq = Faq.objects.create(knowledge_base=base, key="shipping")
    faq.variants.create(language="en", text="When do you ship?", is_canonical=True)
    ask(talk, "when does it leave", **CLARIFIED)
    return found(company)[0]


def url_of(question: Unanswered) -> str:
    return f"/unanswered/{question.language}/{question.digest}/"


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "未回答"), ("en", "Unanswered")])
def test_the_list_shows_it(editor: Desk, question: Unanswered, language: str, words: str) -> None:
    page = editor.client.get("/unanswered/", headers={"accept-language": language}).content.decode()
    assert "when does it leave" in page
    assert words in page


def test_it_becomes_a_phrasing_of_the_faq_that_was_near(editor: Desk, question: Unanswered, company: Company) -> None:
    assert "When do you ship?" in editor.client.get(url_of(question)).content.decode()
    assert editor.client.post(url_of(question), {"deed": "variant", "faq": "shipping"}).status_code == 302
    assert set(Faq.objects.get().variants.values_list("text", flat=True)) == {"When do you ship?", "when does it leave"}
    assert "when does it leave" not in editor.client.get("/unanswered/").content.decode()
    assert "when does it leave" in editor.client.get("/unanswered/?state=done").content.decode()
    assert AuditEntry.objects.filter(action="question_variant", object_name="when does it leave").exists()


def test_it_becomes_a_faq_of_its_own(editor: Desk, question: Unanswered) -> None:
    form = {"deed": "faq", "key": "leaving", "category": "shipping", "answer_en": "At noon."}
    assert "already" in editor.client.post(url_of(question), {**form, "key": "shipping"}).content.decode()
    assert "one language at least" in editor.client.post(url_of(question), {**form, "answer_en": ""}).content.decode()
    assert "digits" in editor.client.post(url_of(question), {**form, "key": "a b"}).content.decode()
    assert editor.client.post(url_of(question), form).status_code == 302
    faq = Faq.objects.get(key="leaving")
    assert (faq.variants.get().text, faq.answers.get().text, Settled.objects.get().faq) == ("when does it leave", "At noon.", "leaving")


@pytest.mark.parametrize("deed", [{"deed": "variant", "faq": "shipping"}, {"deed": "faq", "key": "repair.home", "answer_en": "No."}])
def test_a_phrasing_has_nobodys_data(editor: Desk, talk: Conversation, company: Company, base: KnowledgeBase, deed: dict[str, str]) -> None:
    Faq.objects.create(knowledge_base=base, key="shipping").variants.create(language="en", text="When do you ship?", is_canonical=True)
    ask(talk, "do you come to 742 Evergreen Terrace, call 13800138000", **REFUSED)
    assert editor.client.post(url_of(found(company)[0]), deed).status_code == 302
    assert Variant.objects.filter(text="do you come to [address], call [phone]").count() == 1
    assert AuditEntry.objects.get(action__startswith="question_").object_name == "do you come to [address], call [phone]"


@pytest.mark.parametrize("deed", [{"deed": "variant", "faq": "shipping"}, {"deed": "faq", "key": "shipping.long", "answer_en": "At noon."}])
def test_a_long_message_of_several_lines_becomes_a_phrasing_that_an_export_brings_back(
    editor: Desk, talk: Conversation, question: Unanswered, company: Company, base: KnowledgeBase, deed: dict[str, str]
) -> None:
    ask(talk, "hello\n\nwhen will it leave " + "please " * 120, 1, **REFUSED)
    (long,) = (one for one in found(company) if one.digest != question.digest)
    assert editor.client.post(url_of(long), deed).status_code == 302
    kept = Variant.objects.get(text__startswith="hello  when will it leave")
    kept.full_clean()
    exported = CsvTable().export_data(FaqTable(base=base).export())
    again = FaqTable(base=base).import_data(CsvTable().create_dataset(exported), dry_run=True)
    assert (again.totals["skip"], again.has_validation_errors()) == (Faq.objects.count(), False)


def test_set_aside_it_comes_back_when_it_is_asked_again(editor: Desk, question: Unanswered, talk: Conversation, company: Company) -> None:
    editor.client.post(url_of(question), {"deed": "ignore"})
    assert [one.state for one in found(company)] == ["ignored"]
    Settled.objects.update(at=now() - timedelta(days=1))
    assert [one.state for one in found(company)] == ["open"]


@pytest.mark.parametrize(("role", "sees", "edits"), [("admin", 200, 200), ("editor", 200, 200), ("agent", 200, 403), ("viewer", 200, 403)])
def test_who_may_read_and_who_may_write(question: Unanswered, company: Company, role: str, sees: int, edits: int) -> None:
    client = Desk(agent_of(company, f"joe-{role}", role)).client
    assert (client.get("/unanswered/").status_code, client.get(url_of(question)).status_code) == (sees, edits)


def test_another_companys_question_is_not_found(question: Unanswered) -> None:
    other = Desk(agent_of(Company.objects.create(name="Else", slug="else"), "eve", "admin"))
    assert other.client.get(url_of(question)).status_code == 404


def test_many_questions_cost_few_queries(editor: Desk, site: Site, django_assert_max_num_queries: Any) -> None:
    for number in range(40):
        ask(talk_at(site, now()), f"question number {number}", **REFUSED)
    with django_assert_max_num_queries(15):
        assert editor.client.get("/unanswered/").status_code == 200
