"""What a turn knows of earlier ones, and that a decision survives its way through the database."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from csbot.accounts.models import Site
from csbot.conversations.contracts import Decision
from csbot.conversations.decisions import decision_pack, decision_unpack
from csbot.conversations.history import MAX_EXCHANGES, history_of
from csbot.conversations.models import Conversation, Message, Turn, Visitor
from csbot.conversations.services.accept import conversation_start, message_accept
from csbot.conversations.services.turns import turn_claim
from csbot.lib.clock import now
from csbot.lib.ids import new_id
from knowledge.contracts import Exchange
from tests.csbot.conversations.chat import session_for
from tests.csbot.conversations.fakes import EVIDENCE

FULL = Decision(
    "generate",
    "evidence",
    "zh",
    text="好",
    faq="shipping",
    options=({"faq": "shipping", "text": "什么时候发货？"},),
    evidence=(EVIDENCE, replace(EVIDENCE, type="faq", holds=0.9)),
    sources=({"type": "article", "id": "brewing", "title": "Brewing", "url": "/b"},),
    offers_handoff=True,
)


@pytest.mark.parametrize(
    "decision", [FULL, Decision("refuse", "no_evidence", "en", words="engine_down"), Decision("answer", "faq", "en", is_cached=True)]
)
def test_a_decision_comes_back_from_json_as_it_was(decision: Decision) -> None:
    assert decision_unpack(json.loads(json.dumps(decision_pack(decision)))) == decision


def test_what_a_turn_notes_of_the_cache_is_no_part_of_its_decision() -> None:
    assert decision_unpack({**decision_pack(FULL), "cache": {"exact": "k"}, "shadow": "same"}) == FULL


@pytest.fixture
def conversation(site: Site) -> Conversation:
    visitor = Visitor.objects.create(company=site.company, site=site)
    return Conversation.objects.create(company=site.company, site=site, visitor=visitor)


def turn_at(conversation: Conversation, second: int, *answers: str, state: Turn.State = Turn.State.DONE, faq: str | None = None) -> Turn:
    text = f"question {second}"
    question = Message.objects.create(conversation=conversation, sender="visitor", client_id=str(new_id()), text=text, language="en")
    ended = None if state == Turn.State.QUEUED else now()
    turn = Turn.objects.create(
        conversation=conversation,
        question=question,
        owner_version=1,
        deadline=now() + timedelta(seconds=60),
        state=state,
        ended=ended,
        decision={"faq": faq},
    )
    Turn.objects.filter(pk=turn.pk).update(created=now() + timedelta(seconds=second - 1000))
    turn.refresh_from_db()
    for answer in answers:
        Message.objects.create(conversation=conversation, turn=turn, sender="bot", text=answer, language="en")
    return turn


def test_a_first_message_knows_what_a_program_said_before_it(site: Site) -> None:
    """Context that comes with a request has no frames of its own."""
    session = session_for(site)
    turn_at(conversation_start(session=session), 1, "In 2 days.")
    asked = message_accept(session=session, client_id=str(new_id()), text="And to Spain?", origin=Conversation.Origin.CONSOLE).turn
    assert asked
    claimed = turn_claim(asked.pk)
    assert claimed
    assert [exchange.question for exchange in history_of(claimed)] == ["question 1"]


def test_earlier_turns_stand_oldest_first_with_all_that_was_answered(conversation: Conversation) -> None:
    turn_at(conversation, 1, "In 2 days.", faq="shipping")
    turn_at(conversation, 2, "Brew it.", "Or not.")
    asked = turn_at(conversation, 3, state=Turn.State.QUEUED)
    turn_at(conversation, 4, "Later.")
    assert history_of(asked) == (Exchange("question 1", "In 2 days.", "shipping"), Exchange("question 2", "Brew it.\nOr not."))


@pytest.mark.parametrize("state", [Turn.State.CANCELLED, Turn.State.FAILED])
def test_a_turn_that_came_to_nothing_is_no_history(conversation: Conversation, state: Turn.State) -> None:
    turn_at(conversation, 1, "Sorry.", state=state)
    assert history_of(turn_at(conversation, 2, state=Turn.State.QUEUED)) == ()


def test_only_the_newest_turns_count_and_none_of_another_conversation(conversation: Conversation) -> None:
    other = Conversation.objects.create(company=conversation.company, site=conversation.site, visitor=conversation.visitor)
    turn_at(other, 9, "Elsewhere.")
    for second in range(MAX_EXCHANGES + 3):
        turn_at(conversation, second, "So.")
    asked = turn_at(conversation, 20, state=Turn.State.QUEUED)
    assert [exchange.question for exchange in history_of(asked)] == [f"question {second}" for second in range(3, MAX_EXCHANGES + 3)]
