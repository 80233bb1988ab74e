"""Turns that wait, come too early, are stopped or end too late; and conversations that somebody else has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from csbot.accounts.models import Agent, Company, Site, User
from csbot.conversations import cancelling
from csbot.conversations.answering import turn_answer
from csbot.conversations.contracts import Decision
from csbot.conversations.errors import NotYours, OwnerChanged
from csbot.conversations.generating import turn_generate
from csbot.conversations.models import Conversation, Outbox, Turn
from csbot.conversations.services import desk
from csbot.conversations.services.accept import message_accept
from csbot.conversations.services.feedback import generation_cancel
from csbot.conversations.services.turns import decision_commit, generation_claim, turn_claim, turn_retry_or_fail
from csbot.conversations.sessions import VisitorSession
from csbot.conversations.sweeper import sweep_once
from csbot.conversations.texts import TEXTS
from csbot.lib.clock import now
from tests.csbot.conversations.chat import session_for


def ask(session: VisitorSession, text: str) -> Turn:
    turn = message_accept(session=session, client_id=str(uuid4()), text=text, origin=Conversation.Origin.CONSOLE).turn
    assert turn
    return turn


def wait_for_the_engine(turn: Turn) -> Turn:
    """As the answers worker leaves a turn whose answer is to be generated."""
    claimed = turn_claim(turn.pk)
    assert claimed
    assert decision_commit(claimed, Decision("generate", "evidence", "en"), {}, snapshot="s")
    return Turn.objects.get(pk=turn.pk)


def test_stopping_an_answer_that_waits_lets_the_next_question_go_on(site: Site, redis_clean: None) -> None:
    session = session_for(site)
    first = wait_for_the_engine(ask(session, "one"))
    second = ask(session, "two")
    assert turn_claim(second.pk) is None  # its task came too early
    generation_cancel(session=session, gen=str(first.gen))
    assert Turn.objects.get(pk=first.pk).state == Turn.State.CANCELLED
    assert Outbox.objects.filter(arguments=[str(second.pk)], taken=None).exists()
    assert turn_claim(second.pk) is not None


def test_a_task_that_came_too_early_is_not_taken(site: Site, redis_clean: None) -> None:
    session = session_for(site)
    ask(session, "one")
    second = ask(session, "two")
    assert turn_claim(second.pk) is None
    assert Outbox.objects.get(key=f"answer:{second.pk}").taken is None


def test_a_stop_that_the_worker_never_heard_ends_the_turn(site: Site, redis_clean: None) -> None:
    turn = wait_for_the_engine(ask(session_for(site), "one"))
    Turn.objects.filter(pk=turn.pk).update(state=Turn.State.STREAMING, lease_until=now() - timedelta(seconds=5))
    cancelling.cancel(str(turn.gen))
    sweep_once()
    assert Turn.objects.get(pk=turn.pk).state == Turn.State.CANCELLED


def lose_the_lease(turn: Turn) -> None:
    Turn.objects.filter(pk=turn.pk).update(lease_until=now() - timedelta(seconds=5))
    sweep_once()


def test_one_silence_that_two_sweepers_see_costs_one_attempt(site: Site, redis_clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = wait_for_the_engine(ask(session_for(site), "one"))
    assert generation_claim(turn.pk, 1)

    def overtaken(*seen: Any, why: str) -> None:
        monkeypatch.undo()
        sweep_once()  # another process, between this one's look and its lock
        turn_retry_or_fail(*seen, why=why)

    monkeypatch.setattr("csbot.conversations.sweeper.turn_retry_or_fail", overtaken)
    lose_the_lease(turn)
    turn.refresh_from_db()
    assert (turn.state, turn.generation_attempt) == (Turn.State.WAITING, 2)


def test_what_breaks_after_its_lease_does_not_end_the_next_attempt_at_generating(
    site: Site, redis_clean: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = wait_for_the_engine(ask(session_for(site), "one"))

    def broken(claimed: Turn) -> None:
        lose_the_lease(claimed)
        assert generation_claim(claimed.pk, 2)
        raise RuntimeError("the first attempt breaks late")

    monkeypatch.setattr("csbot.conversations.generating.attempt_open", broken)
    turn_generate(str(turn.pk), 1)
    turn.refresh_from_db()
    assert (turn.state, turn.generation_attempt) == (Turn.State.STREAMING, 2)


def test_what_breaks_after_its_lease_does_not_end_the_next_attempt_at_routing(
    site: Site, redis_clean: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = ask(session_for(site), "one")

    def broken(_: object) -> None:
        lose_the_lease(turn)
        assert turn_claim(turn.pk)
        raise RuntimeError("the first attempt breaks late")

    monkeypatch.setattr("knowledge.facade.open_knowledge", broken)
    turn_answer(str(turn.pk))
    turn.refresh_from_db()
    assert (turn.state, turn.attempt) == (Turn.State.ROUTING, 2)


def test_a_turn_that_is_too_late_ends_in_words(site: Site, redis_clean: None) -> None:
    turn = ask(session_for(site), "one")
    Turn.objects.filter(pk=turn.pk).update(created=now() - timedelta(minutes=2), deadline=now() - timedelta(seconds=1))
    sweep_once()
    turn = Turn.objects.get(pk=turn.pk)
    assert (turn.state, turn.route, turn.reason) == (Turn.State.FAILED, "refuse", "limit")
    assert turn.conversation.messages.filter(sender="bot").get().text == TEXTS["en"]["failed"]


@pytest.mark.parametrize(("language", "text"), [("en", "I want to kill myself"), ("zh", "我想自杀")])
def test_a_cry_for_help_is_heard_although_no_worker_reads_it(site: Site, redis_clean: None, language: str, text: str) -> None:
    turn = ask(session_for(site), text)
    Turn.objects.filter(pk=turn.pk).update(created=now() - timedelta(minutes=2), deadline=now() - timedelta(seconds=1))
    sweep_once()
    turn = Turn.objects.select_related("conversation").get(pk=turn.pk)
    assert (turn.state, turn.route, turn.reason) == (Turn.State.FAILED, "handoff", "safety")
    assert turn.conversation.messages.filter(sender="bot").get().text == TEXTS[language]["in_need"]
    assert turn.conversation.owner == "queue"


def test_a_write_with_an_old_version_is_refused(site: Site, redis_clean: None) -> None:
    conversation = ask(session_for(site), "one").conversation
    agent = Agent.objects.create(user=User.objects.create_user("ann"), company=site.company)
    desk.conversation_take(conversation_id=conversation.pk, agent=agent, version=conversation.owner_version)
    with pytest.raises(OwnerChanged):
        desk.conversation_take(conversation_id=conversation.pk, agent=agent, version=conversation.owner_version)
    with pytest.raises(OwnerChanged):
        desk.conversation_release(conversation_id=conversation.pk, agent=agent, version=conversation.owner_version)
    assert Conversation.objects.get(pk=conversation.pk).agent == agent


def test_an_agent_of_another_company_takes_nothing(site: Site, redis_clean: None) -> None:
    conversation = ask(session_for(site), "one").conversation
    stranger = Agent.objects.create(user=User.objects.create_user("eve"), company=Company.objects.create(name="E", slug="e"))
    with pytest.raises(NotYours):
        desk.conversation_take(conversation_id=conversation.pk, agent=stranger, version=conversation.owner_version)
