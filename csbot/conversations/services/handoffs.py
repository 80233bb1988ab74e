"""The stays of a conversation with people: kept beside its owner, for waiting times, first responses and what became of it.

Works on a locked conversation; whoever changes the owner calls here.
"""

from __future__ import annotations

from datetime import datetime

from csbot.accounts.models import Agent
from csbot.conversations.models import Conversation, Handoff
from csbot.lib.clock import now

Outcome = Handoff.Outcome


def handoff_open(conversation: Conversation) -> Handoff | None:
    """The stay that goes on; None where the conversation is with the bot."""
    return Handoff.objects.filter(conversation=conversation, ended=None).first()


def handoff_begin(conversation: Conversation, *, reason: str, queued: datetime, is_message_left: bool = False) -> None:
    if handoff_open(conversation) is None:
        Handoff.objects.create(conversation=conversation, reason=reason, queued=queued, is_message_left=is_message_left)


def handoff_taken(conversation: Conversation, agent: Agent) -> None:
    """By whoever has it now; the waiting time is that until the first who took it."""
    stay = handoff_open(conversation)
    if stay is None:
        Handoff.objects.create(conversation=conversation, reason="taken_over", queued=now(), taken=now(), agent=agent)
        return
    Handoff.objects.filter(pk=stay.pk).update(agent=agent, taken=stay.taken or now())


def handoff_answered(conversation: Conversation) -> None:
    Handoff.objects.filter(conversation=conversation, ended=None, answered=None).update(answered=now())


def handoff_end(conversation: Conversation, outcome: Handoff.Outcome) -> None:
    Handoff.objects.filter(conversation=conversation, ended=None).update(ended=now(), outcome=outcome)
