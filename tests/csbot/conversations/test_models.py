"""What a row of a conversation may never say, on both databases: whoever writes, the database refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from csbot.accounts.models import Agent, Site, User
from csbot.conversations.models import Conversation, Feedback, Frame, Message, Turn, Visitor
from csbot.lib.clock import now
from csbot.lib.ids import new_id

MOMENT = now()


@pytest.fixture
def conversation(site: Site) -> Conversation:
    visitor = Visitor.objects.create(company=site.company, site=site)
    return Conversation.objects.create(company=site.company, site=site, visitor=visitor)


@pytest.fixture
def message(conversation: Conversation) -> Message:
    return _message(conversation)


@pytest.fixture
def turn(conversation: Conversation, message: Message) -> Turn:
    return _turn(conversation, message)


def _message(conversation: Conversation) -> Message:
    return Message.objects.create(conversation=conversation, sender="visitor", client_id=str(new_id()), text="Hello", language="en")


def _turn(conversation: Conversation, question: Message, **fields: Any) -> Turn:
    return Turn.objects.create(conversation=conversation, question=question, owner_version=1, deadline=now() + timedelta(seconds=60), **fields)


def _refused(row: models.Model, constraint: str, **fields: Any) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        type(row)._default_manager.filter(pk=row.pk).update(**fields)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("conversation_owner_known", {"owner": "ghost"}),
        ("conversation_origin_known", {"origin": "email"}),
        ("conversation_language_known", {"language": "fr"}),
        ("conversation_version_from_one", {"owner_version": 0}),
        ("conversation_read_what_was_sent", {"visitor_read_seq": 1}),
        ("conversation_one_owner", {"owner": "agent"}),
        ("conversation_queued_since", {"owner": "queue"}),
    ],
)
def test_a_conversation_is_never(conversation: Conversation, constraint: str, fields: dict[str, Any]) -> None:
    _refused(conversation, constraint, **fields)


def test_a_visitor_speaks_a_language_of_ours_or_none_yet(conversation: Conversation) -> None:
    _refused(conversation.visitor, "visitor_language_known", language="fr")


@pytest.mark.parametrize(("constraint", "fields"), [("message_sender_known", {"sender": "nobody"}), ("message_language_known", {"language": ""})])
def test_a_message_is_never(message: Message, constraint: str, fields: dict[str, Any]) -> None:
    _refused(message, constraint, **fields)


def test_only_what_an_agent_sends_names_one(message: Message, site: Site) -> None:
    agent = Agent.objects.create(company=site.company, user=User.objects.create(username="ann"), display_name="Ann")
    _refused(message, "message_agent_is_the_sender", agent=agent)
    Message.objects.filter(pk=message.pk).update(sender="agent", agent=agent)
    agent.user.delete()
    assert Message.objects.get(pk=message.pk).sender == "agent"


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("turn_state_known", {"state": "asleep"}),
        ("turn_route_known", {"route": "guess"}),
        ("turn_ended_says_when", {"state": "done"}),
        ("turn_ended_says_when", {"state": "queued", "ended": MOMENT}),
        ("turn_lease_while_in_hand", {"state": "routing"}),
        ("turn_lease_while_in_hand", {"state": "streaming", "gen": new_id()}),
        ("turn_lease_while_in_hand", {"state": "failed", "ended": MOMENT, "lease_until": MOMENT}),
        ("turn_lease_while_in_hand", {"state": "waiting", "gen": new_id(), "lease_until": MOMENT}),
        ("turn_generating_has_gen", {"state": "waiting"}),
        ("turn_generating_has_gen", {"state": "streaming", "lease_until": MOMENT}),
        ("turn_deadline_lies_ahead", {"deadline": models.F("created")}),
    ],
)
def test_a_turn_is_never(turn: Turn, constraint: str, fields: dict[str, Any]) -> None:
    _refused(turn, constraint, **fields)


def test_a_conversation_has_one_turn_in_work(conversation: Conversation, turn: Turn) -> None:
    waiting = _turn(conversation, _message(conversation))
    Turn.objects.filter(pk=turn.pk).update(state="routing", lease_until=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Turn.objects.filter(pk=waiting.pk).update(state="routing", lease_until=now())
    Turn.objects.filter(pk=turn.pk).update(state="done", lease_until=None, ended=now())
    Turn.objects.filter(pk=waiting.pk).update(state="routing", lease_until=now())


def test_frames_count_from_one(conversation: Conversation) -> None:
    with pytest.raises(IntegrityError, match="frame_seq_from_one"), transaction.atomic():
        Frame.objects.create(conversation=conversation, seq=0, type="msg.new")


def test_a_thumb_points_up_or_down(message: Message) -> None:
    with pytest.raises(IntegrityError, match="feedback_value_known"), transaction.atomic():
        Feedback.objects.create(message=message, value=0)
