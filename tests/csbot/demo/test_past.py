"""The demo's past conversations: whole, of every kind, written once, and nobody waits because of them."""

from __future__ import annotations

from collections import Counter

import pytest

from csbot.accounts.models import Company, Site
from csbot.conversations.models import CannedReply, Conversation, Feedback, Frame, Handoff, Message, Note, Turn
from csbot.conversations.queueing import queue_place
from csbot.conversations.services.owners import handoff_request
from csbot.demo import content
from csbot.demo.past import past_seed
from csbot.lib.clock import now
from tests.csbot.dashboard.desks import Desk, agent_of, conversation_of


@pytest.fixture
def past(site: Site) -> Site:
    assert past_seed(site) == 40
    return site


def test_there_are_forty_in_both_languages_on_all_routes(past: Site) -> None:
    talks = Conversation.objects.filter(origin="demo")
    assert Counter(talks.values_list("language", flat=True)) == {"zh": 20, "en": 20}
    assert set(Turn.objects.values_list("route", flat=True)) == {"answer", "clarify", "generate", "handoff", "refuse", "chitchat"}
    assert set(Feedback.objects.values_list("value", flat=True)) == {1, -1}
    assert set(Handoff.objects.values_list("reason", flat=True)) == {"requested", "complaint"}
    assert Note.objects.count() >= 3
    assert {reply.language for reply in CannedReply.objects.all()} == {"zh", "en"}


def test_they_happened_in_the_past_in_their_order(past: Site) -> None:
    for talk in Conversation.objects.filter(origin="demo"):
        times = [talk.created, *Message.objects.filter(conversation=talk).order_by("created").values_list("created", flat=True), talk.changed]
        assert times == sorted(times)
        assert times[-1] <= now()
        assert [*Frame.objects.filter(conversation=talk).order_by("seq").values_list("seq", flat=True)] == [*range(1, talk.last_seq + 1)]
        assert list(talk.frames.order_by("at", "seq").values_list("seq", flat=True)) == [*range(1, talk.last_seq + 1)]


def test_the_present_rules_hold_for_them_too(past: Site) -> None:
    for row in (*Conversation.objects.all(), *Message.objects.all(), *Turn.objects.all(), *Handoff.objects.all()):
        row.full_clean(exclude=["agent"], validate_unique=False)


def test_they_are_written_once(past: Site) -> None:
    assert past_seed(past) == 0
    assert Conversation.objects.filter(origin="demo").count() == 40


@pytest.mark.usefixtures("redis_clean")
def test_every_view_but_ones_own_shows_some_and_they_open(past: Site, company: Company) -> None:
    desk = Desk(agent_of(company, "ann"))
    inbox = desk.get("inbox").json()
    assert all(inbox["counts"][view] for view in ("waiting", "bot", "closed"))
    for row in Conversation.objects.filter(origin="demo"):
        detail = desk.get(f"conversations/{row.pk}")
        assert detail.status_code == 200
        assert all(bubble["answered"]["words"] for bubble in detail.json()["messages"] if "answered" in bubble)
    assert desk.get("inbox", q="投诉").json()["results"]
    assert desk.get("inbox", q="flickers").json()["results"]


@pytest.mark.usefixtures("redis_clean")
def test_who_really_waits_does_not_wait_for_them(past: Site, company: Company) -> None:
    real = conversation_of(past)
    handoff_request(conversation_id=real.pk)
    Handoff.objects.filter(conversation=real).update(is_message_left=False)
    real.refresh_from_db()
    assert queue_place(real) == {"position": 1, "eta_s": None}
    assert Desk(agent_of(company, "ann", capacity=1)).post("queue/next").json()["id"] == str(real.pk)


def test_the_scripts_speak_of_what_there_is() -> None:
    faqs = {faq["key"] for faq in content.faqs()}
    labels = set(content.desk()["labels"])
    for script in content.conversations():
        assert set(script["labels"]) <= labels
        assert all(set(step[1:]) <= faqs for step in script["steps"] if step[0] in ("answer", "clarify", "chip"))
