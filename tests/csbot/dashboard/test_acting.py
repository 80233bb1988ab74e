"""What agents do with conversations, through the API: one owner, no double answer, nothing lost, nothing of others."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from csbot.accounts.models import Company, Site
from csbot.conversations.models import CannedReply, Conversation, Frame, Handoff, Label, Message, Note, Turn
from csbot.conversations.presence import presence_beat
from csbot.conversations.services.owners import handoff_cancel, handoff_request
from csbot.conversations.services.turns import decision_commit, turn_claim
from csbot.conversations.texts import built_in
from knowledge.models import KnowledgeBase, WordList
from tests.csbot.conversations.chat import session_for
from tests.csbot.dashboard.desks import Desk, agent_of, conversation_of

pytestmark = pytest.mark.usefixtures("redis_clean")


@pytest.fixture
def ann(company: Company) -> Desk:
    return Desk(agent_of(company, "ann"))


@pytest.fixture
def ben(company: Company) -> Desk:
    return Desk(agent_of(company, "ben", capacity=1))


def fresh(conversation: Conversation) -> Conversation:
    return Conversation.objects.get(pk=conversation.pk)


def queued(site: Site) -> Conversation:
    conversation = conversation_of(site)
    handoff_request(conversation_id=conversation.pk)
    return fresh(conversation)


# --- taking ----------------------------------------------------------------------------------------------------------


def test_a_taken_conversation_is_the_agents_and_the_bot_is_silent(ann: Desk, site: Site) -> None:
    conversation = conversation_of(site)
    reply = ann.post(f"conversations/{conversation.pk}/take", ver=1)
    assert reply.status_code == 200
    assert (reply.json()["owner"], reply.json()["ver"]) == (f"agent:{ann.agent.pk}", 2)
    assert list(Turn.objects.values_list("state", flat=True)) == ["cancelled"]
    assert Handoff.objects.get().reason == "taken_over"


def test_the_second_of_two_is_told_that_the_first_was_quicker(ann: Desk, ben: Desk, site: Site) -> None:
    conversation = conversation_of(site)
    assert ann.post(f"conversations/{conversation.pk}/take", ver=1).status_code == 200
    late = ben.post(f"conversations/{conversation.pk}/take", ver=1)
    assert (late.status_code, late.json()["errors"][0]["code"]) == (409, "owner_changed")
    assert fresh(conversation).agent == ann.agent


def test_a_deed_without_a_version_is_refused(ann: Desk, site: Site) -> None:
    conversation = conversation_of(site)
    reply = ann.post(f"conversations/{conversation.pk}/take")
    assert (reply.status_code, reply.json()["errors"][0]["code"]) == (428, "version_needed")
    assert fresh(conversation).owner == "bot"


def test_an_agent_takes_no_more_than_they_can_unless_they_say_so(ben: Desk, site: Site) -> None:
    first, second = conversation_of(site), conversation_of(site)
    assert ben.post(f"conversations/{first.pk}/take", ver=1).status_code == 200
    full = ben.post(f"conversations/{second.pk}/take", ver=1)
    assert (full.status_code, full.json()["errors"][0]["code"]) == (409, "at_capacity")
    assert ben.post(f"conversations/{second.pk}/take", {"force": True}, ver=1).status_code == 200


def test_next_is_first_come_first_served(ann: Desk, site: Site) -> None:
    first, second = queued(site), queued(site)
    assert [ann.post("queue/next").json()["id"] for _ in range(2)] == [str(first.pk), str(second.pk)]
    assert ann.post("queue/next").status_code == 204


# --- replying --------------------------------------------------------------------------------------------------------


def test_a_first_reply_takes_over_and_nothing_of_the_running_answer_appears(ann: Desk, site: Site) -> None:
    from csbot.conversations.contracts import Decision

    conversation = conversation_of(site)
    turn = turn_claim(Turn.objects.get().pk)
    assert turn
    reply = ann.post(f"conversations/{conversation.pk}/replies", {"client_id": "a", "text": "Ann here."}, ver=1)
    assert reply.status_code == 200
    assert not decision_commit(turn, Decision("answer", "faq", "en", text="The bot's answer."), {}, snapshot="s")
    assert list(conversation.messages.order_by("created").values_list("sender", "text")) == [("visitor", "answer me"), ("agent", "Ann here.")]
    assert Handoff.objects.get().answered


def test_the_same_reply_sent_twice_is_said_once(ann: Desk, site: Site) -> None:
    conversation = conversation_of(site)
    for _ in range(2):
        assert ann.post(f"conversations/{conversation.pk}/replies", {"client_id": "a", "text": "Hi."}, ver=1).status_code == 200
    assert conversation.messages.filter(sender="agent").count() == 1
    other = ann.post(f"conversations/{conversation.pk}/replies", {"client_id": "a", "text": "Something else."}, ver=2)
    assert other.json()["errors"][0]["code"] == "client_id_reused"


def test_a_listed_word_is_not_sent_and_named(ann: Desk, site: Site) -> None:
    words = WordList.objects.create(company=site.company, name="House")
    words.words.create(term="gullible", category="abuse", level="block", language="en")
    conversation = conversation_of(site)
    reply = ann.post(f"conversations/{conversation.pk}/replies", {"client_id": "a", "text": "You are gullible."}, ver=1)
    assert reply.status_code == 400
    assert "gullible" in reply.json()["errors"][0]["detail"]
    assert not conversation.messages.filter(sender="agent").exists()


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
def test_an_empty_reply_is_refused(ann: Desk, site: Site, text: str) -> None:
    conversation = conversation_of(site)
    assert ann.post(f"conversations/{conversation.pk}/replies", {"client_id": "a", "text": text}, ver=1).status_code == 400
    assert fresh(conversation).owner == "bot"


# --- notes, labels, reading ------------------------------------------------------------------------------------------


def test_a_note_is_for_colleagues_only(ann: Desk, ben: Desk, site: Site) -> None:
    conversation = conversation_of(site)
    before = conversation.last_seq
    for _ in range(2):
        assert ann.post(f"conversations/{conversation.pk}/notes", {"client_id": "n", "text": "Regular customer."}).status_code == 200
    assert [note["text"] for note in ben.get(f"conversations/{conversation.pk}").json()["notes"]] == ["Regular customer."]
    assert Note.objects.count() == 1
    assert fresh(conversation).last_seq == before
    assert not Frame.objects.filter(data__icontains="Regular").exists()


def test_labels_are_set_and_found(ann: Desk, site: Site) -> None:
    label = Label.objects.create(company=site.company, name="Refund")
    conversation, _other = conversation_of(site), conversation_of(site)
    assert ann.put(f"conversations/{conversation.pk}/labels", {"labels": [str(label.pk)]}).json()["labels"] == [str(label.pk)]
    assert [row["id"] for row in ann.get("inbox", label=str(label.pk)).json()["results"]] == [str(conversation.pk)]


def test_unread_counts_what_others_said_since(ann: Desk, site: Site) -> None:
    session = session_for(site)
    conversation = conversation_of(site, "answer one", "answer two", session=session)
    assert ann.get("inbox").json()["results"][0]["unread"] == 0  # with the bot, it is nobody's to read
    handoff_request(conversation_id=conversation.pk)
    conversation = fresh(conversation)
    assert ann.get("inbox").json()["results"][0]["unread"] == 2
    assert ann.post(f"conversations/{conversation.pk}/read", {"seq": conversation.last_seq}).status_code == 204
    ann.post(f"conversations/{conversation.pk}/replies", {"client_id": "a", "text": "Hi."}, ver=conversation.owner_version)
    assert ann.get("inbox").json()["results"][0]["unread"] == 0
    conversation_of(site, "and another thing", session=session)
    assert ann.get("inbox").json()["results"][0]["unread"] == 1


# --- colleagues ------------------------------------------------------------------------------------------------------


def test_what_a_colleague_has_is_taken_first_and_on_purpose(ann: Desk, ben: Desk, site: Site) -> None:
    conversation = conversation_of(site)
    ann.post(f"conversations/{conversation.pk}/take", ver=1)
    deeds = {"take": {}, "release": {}, "close": {}, "transfer": {"agent": None}, "replies": {"client_id": "b", "text": "Mine!"}}
    for name, body in deeds.items():
        reply = ben.post(f"conversations/{conversation.pk}/{name}", body, ver=2)
        assert (reply.status_code, reply.json()["errors"][0]["code"]) == (409, "held_by")
        assert "Ann" in reply.json()["errors"][0]["detail"]
    assert fresh(conversation).agent == ann.agent
    assert ben.get("inbox", view="colleagues").json()["counts"]["colleagues"] == 1
    assert [row["id"] for row in ben.get("inbox", view="colleagues").json()["results"]] == [str(conversation.pk)]
    assert ann.get("inbox", view="colleagues").json()["results"] == []
    assert ben.post(f"conversations/{conversation.pk}/take", {"force": True}, ver=2).status_code == 200
    assert ben.post(f"conversations/{conversation.pk}/replies", {"client_id": "b", "text": "Mine!"}, ver=3).status_code == 200


def test_who_had_it_stands_between_what_was_said_and_the_visitor_is_told(ann: Desk, ben: Desk, site: Site) -> None:
    conversation = queued(site)
    ann.post(f"conversations/{conversation.pk}/take", ver=2)
    ann.post(f"conversations/{conversation.pk}/transfer", {"agent": str(ben.agent.pk)}, ver=3)
    ben.post(f"conversations/{conversation.pk}/close", ver=4)
    told = ann.get(f"conversations/{conversation.pk}").json()
    assert [change["owner"] for change in told["owners"]] == ["queue", f"agent:{ann.agent.pk}", f"agent:{ben.agent.pk}", "closed"]
    assert Message.objects.filter(sender="system").latest("created").text == built_in("en", "closed")
    ben.post(f"conversations/{conversation.pk}/reopen", ver=5)
    ben.post(f"conversations/{conversation.pk}/release", ver=6)
    assert Message.objects.filter(sender="system").latest("created").text == built_in("en", "back_to_bot")


def test_the_list_shows_what_people_said_and_not_our_own_lines(ann: Desk, site: Site) -> None:
    conversation = queued(site)
    assert Message.objects.filter(conversation=conversation).latest("created").sender == "system"
    assert ann.get("inbox").json()["results"][0]["preview"]["sender"] == "visitor"


@pytest.mark.parametrize(("query", "is_found"), [("refu", True), ("REFUN", True), ("refunding", True), ("re", False), ("refu today", False)])
def test_the_last_word_of_a_search_may_still_be_being_written(ann: Desk, site: Site, query: str, is_found: bool) -> None:
    conversation_of(site, "where are my refunds today")
    assert bool(ann.get("inbox", q=query).json()["results"]) == is_found


# --- handing on ------------------------------------------------------------------------------------------------------


def test_a_transfer_reaches_the_colleague_with_the_note(ann: Desk, ben: Desk, site: Site) -> None:
    conversation = conversation_of(site)
    ann.post(f"conversations/{conversation.pk}/take", ver=1)
    wish = {"agent": str(ben.agent.pk), "note": "Knows the stove."}
    assert ann.post(f"conversations/{conversation.pk}/transfer", wish, ver=2).json()["agent"]["name"] == "Ben"
    assert Note.objects.get().text == "Knows the stove."


def test_back_to_the_queue_keeps_the_place(ann: Desk, site: Site) -> None:
    first, second = queued(site), queued(site)
    ann.post(f"conversations/{first.pk}/take", ver=2)
    ann.post(f"conversations/{first.pk}/transfer", {"agent": None}, ver=3)
    assert [row["id"] for row in ann.get("inbox", view="waiting").json()["results"]] == [str(first.pk), str(second.pk)]


def test_a_colleague_who_does_not_see_the_site_cannot_be_given_it(ann: Desk, ben: Desk, site: Site, base: KnowledgeBase) -> None:
    other = Site.objects.create(company=site.company, knowledge_base=base, key="coffee", name="Coffee")
    ben.agent.sites.set([other])
    conversation = conversation_of(site)
    assert ann.post(f"conversations/{conversation.pk}/transfer", {"agent": str(ben.agent.pk)}, ver=1).status_code == 404
    assert fresh(conversation).owner == "bot"


def test_a_released_conversation_is_answered_by_the_bot_again(ann: Desk, site: Site) -> None:
    session = session_for(site)
    conversation = conversation_of(site, session=session)
    ann.post(f"conversations/{conversation.pk}/take", ver=1)
    assert ann.post(f"conversations/{conversation.pk}/release", ver=2).json()["owner"] == "bot"
    conversation_of(site, "answer again", session=session)
    assert Turn.objects.filter(state="queued").count() == 1
    assert Handoff.objects.get().outcome == "bot"


def test_a_closed_conversation_opens_with_the_visitors_next_message(ann: Desk, site: Site) -> None:
    session = session_for(site)
    conversation = conversation_of(site, session=session)
    ann.post(f"conversations/{conversation.pk}/take", ver=1)
    assert ann.post(f"conversations/{conversation.pk}/close", ver=2).json()["closed"]
    assert ann.get("inbox", view="closed").json()["counts"] == {"waiting": 0, "mine": 0, "colleagues": 0, "bot": 0, "closed": 1}
    conversation_of(site, "one more thing", session=session)
    assert (fresh(conversation).closed, fresh(conversation).owner) == (None, "bot")


def test_an_agent_opens_a_closed_conversation_again(ann: Desk, site: Site) -> None:
    conversation = conversation_of(site)
    closed = ann.post(f"conversations/{conversation.pk}/close", ver=1).json()
    assert ann.post(f"conversations/{conversation.pk}/reopen", ver=closed["ver"]).json()["owner"] == f"agent:{ann.agent.pk}"
    assert fresh(conversation).closed is None


# --- the visitor's side ----------------------------------------------------------------------------------------------


def test_nobody_there_means_leave_a_message(site: Site) -> None:
    conversation = queued(site)
    assert "leave your question" in conversation.messages.get(sender="system").text
    assert Handoff.objects.get().is_message_left


def test_out_of_hours_the_visitor_hears_when_somebody_is_back(ann: Desk, site: Site) -> None:
    presence_beat(site.company_id, ann.agent.pk)
    Site.objects.update(business_hours={"weekly": {}, "exceptions": [{"date": "2099-01-01", "intervals": [["09:00", "10:00"]]}]})
    assert "leave your question" in queued(site).messages.get(sender="system").text


def test_somebody_there_means_a_place_in_the_queue(ann: Desk, site: Site) -> None:
    presence_beat(site.company_id, ann.agent.pk)
    assert not Handoff.objects.filter(conversation=queued(site), is_message_left=True).exists()
    assert ann.get("inbox", view="waiting").json()["results"][0]["position"] == 1


def test_a_visitor_leaves_the_queue_for_the_bot(ann: Desk, site: Site) -> None:
    conversation = queued(site)
    handoff_cancel(conversation_id=conversation.pk)
    assert fresh(conversation).owner == "bot"
    assert Handoff.objects.get().outcome == "left"
    assert ann.post("queue/next").status_code == 204


# --- the inbox -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "query", "is_found"),
    [
        ("我想退款，订单A1001", "退款", True),
        ("我想退款，订单A1001", "a1001", True),
        ("我想退款，订单A1001", "退货", False),
        ("I was refunded twice", "refunds", True),
        ("I was refunded twice", "refund twice", True),
        ("I was refunded twice", "refund once", False),
        ("100% cotton' OR 1=1", "' or 1=1", True),
        ("茶", "茶", True),
    ],
)
def test_search_finds_words_of_two_characters_and_stems(ann: Desk, site: Site, said: str, query: str, is_found: bool) -> None:
    conversation_of(site, said)
    assert bool(ann.get("inbox", q=query).json()["results"]) is is_found


def test_pages_follow_each_other_without_gap_or_double(ann: Desk, site: Site) -> None:
    expected = {str(conversation_of(site).pk) for _ in range(65)}
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = ann.get("inbox", cursor=cursor).json()
        found += [row["id"] for row in page["results"]]
        cursor = page["next"]
    assert len(found) == 65
    assert set(found) == expected


def test_what_changed_since_is_told_and_nothing_else(ann: Desk, site: Site) -> None:
    from datetime import timedelta

    from csbot.lib.clock import now

    old, changed = conversation_of(site), conversation_of(site)
    Conversation.objects.filter(pk=old.pk).update(changed=now() - timedelta(hours=1))
    page = ann.get("inbox", since=(now() - timedelta(seconds=1)).isoformat()).json()
    assert ([row["id"] for row in page["results"]], page["is_complete"]) == ([str(changed.pk)], True)


@pytest.mark.parametrize("path", ["me", "inbox", "inbox?view=waiting", "inbox?q=answer", "conversation"])
def test_a_page_costs_few_queries_however_much_there_is(ann: Desk, site: Site, path: str) -> None:
    for _ in range(40):
        conversation = queued(site)
    path = f"conversations/{conversation.pk}" if path == "conversation" else path
    with CaptureQueriesContext(connection) as queries:
        assert ann.client.get(f"/api/v1/{path}").status_code == 200
    assert len(queries) <= 15


@pytest.mark.parametrize("query", [{"view": "theirs"}, {"cursor": "x"}, {"site": "1"}, {"since": "yesterday"}])
def test_a_wrong_wish_is_named(ann: Desk, query: dict[str, str]) -> None:
    reply = ann.get("inbox", **query)
    assert reply.status_code == 400
    assert reply.json()["errors"][0]["attr"] == next(iter(query))


def test_canned_replies_are_those_of_the_company(ann: Desk, site: Site) -> None:
    other = Company.objects.create(name="Other", slug="other")
    CannedReply.objects.create(company=site.company, language="en", shortcut="hi", text="Hi {visitor}")
    CannedReply.objects.create(company=other, language="en", shortcut="no", text="No")
    assert [reply["shortcut"] for reply in ann.get("canned").json()] == ["hi"]


def test_a_bots_answer_says_why(ann: Desk, site: Site) -> None:
    from csbot.conversations.contracts import Decision

    conversation = conversation_of(site)
    turn = turn_claim(Turn.objects.get().pk)
    assert turn
    trace: dict[str, Any] = {"route": "answer", "reason": "faq", "faq": {"candidates": [{"faq": "f", "p": 0.93, "variant": "v"}]}, "ms": {"faq": 4.0}}
    decision_commit(turn, Decision("answer", "faq", "en", text="Two days.", faq="f"), trace, snapshot="abcdefghij")
    bubble = ann.get(f"conversations/{conversation.pk}").json()["messages"][-1]
    told = bubble["answered"]
    assert (told["route"], told["probability"], told["snapshot"], told["total_ms"]) == ("answer", 0.93, "abcdefgh", 4)
    assert told["words"]
    assert Message.objects.filter(conversation=conversation).count() == 2
