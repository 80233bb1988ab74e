"""Who answers: bot, queue or an agent; one at a time, with a version (C6). A change cancels the bot's running generation."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from csbot.accounts.models import Agent
from csbot.conversations import cancelling
from csbot.conversations.errors import NotYours, OwnerChanged
from csbot.conversations.events import OwnerChanged as OwnerChangedFrame
from csbot.conversations.events import QueueUpdate
from csbot.conversations.frames import frame_append, locked
from csbot.conversations.happenings import happened
from csbot.conversations.messages import message_data
from csbot.conversations.models import Conversation, Message, Turn
from csbot.conversations.wrapping import text_of
from csbot.lib.clock import now

Owner = Conversation.Owner


def owner_name(conversation: Conversation) -> str:
    return f"agent:{conversation.agent_id}" if conversation.owner == Owner.AGENT else conversation.owner


def owner_to_queue(conversation: Conversation, *, reason: str) -> None:
    """Put a locked conversation into the queue; nothing happens where a person has it already."""
    if conversation.owner != Owner.BOT:
        return
    conversation.queued_at, conversation.handoff_reason = now(), reason
    _change(conversation, Owner.QUEUE, None)
    happened("handoff", conversation, reason=reason)


def handoff_request(*, conversation_id: UUID, reason: str = "requested") -> None:
    """The visitor wants a person: queue, a line that says so, and the running answer is cancelled."""
    with locked(conversation_id) as conversation:
        if conversation.owner != Owner.BOT:
            return
        turns_cancel(conversation, reason="taken_over")
        language = conversation.language or conversation.site.default_language
        text = text_of(conversation.site, language, "handoff_done")
        message = Message.objects.create(conversation=conversation, sender=Message.Sender.SYSTEM, text=text, language=language)
        frame_append(conversation, "msg.new", {"message": message_data(message)})
        owner_to_queue(conversation, reason=reason)


def owner_take(*, conversation_id: UUID, agent: Agent, version: int) -> None:
    """An agent takes the conversation; raises OwnerChanged where `version` is old."""
    with locked(conversation_id) as conversation:
        if agent.company_id != conversation.company_id:
            raise NotYours
        if conversation.owner_version != version:
            raise OwnerChanged
        turns_cancel(conversation, reason="taken_over")
        _change(conversation, Owner.AGENT, agent)


def owner_to_bot(*, conversation_id: UUID, version: int) -> None:
    """Back to the bot; raises OwnerChanged where `version` is old."""
    with locked(conversation_id) as conversation:
        if conversation.owner_version != version:
            raise OwnerChanged
        _change(conversation, Owner.BOT, None)


def turns_cancel(conversation: Conversation, *, reason: Literal["cancelled", "taken_over"]) -> None:
    """End the bot's open turns of a locked conversation; what was streamed of them is discarded by the clients."""
    for turn in conversation.turns.filter(state__in=Turn.OPEN):
        if turn.gen:
            frame_append(conversation, "gen.abort", {"gen": str(turn.gen), "reason": reason})
            cancelling.cancel_after_commit(turn.gen)
        Turn.objects.filter(pk=turn.pk).update(state=Turn.State.CANCELLED, ended=now(), lease_until=None)


def _change(conversation: Conversation, owner: Conversation.Owner, agent: Agent | None) -> None:
    conversation.owner, conversation.agent = owner, agent
    conversation.owner_version += 1
    if owner != Owner.QUEUE:
        conversation.queued_at = None
    conversation.save()
    data: OwnerChangedFrame = {"owner": owner_name(conversation), "ver": conversation.owner_version}
    frame_append(conversation, "owner.changed", data)


def queue_place(conversation: Conversation) -> QueueUpdate | None:
    """Place in the company's queue (1 is next) and an estimate from today's waits; None outside the queue."""
    if conversation.owner != Owner.QUEUE:
        return None
    ahead = Conversation.objects.filter(company_id=conversation.company_id, owner=Owner.QUEUE, queued_at__lt=conversation.queued_at).count()
    return {"position": ahead + 1, "eta_s": None}
