"""Who answers: bot, queue or an agent; one at a time, with a version (C6). A change cancels the bot's running generation."""

from __future__ import annotations

from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from csbot.accounts.hours import next_opening
from csbot.accounts.models import Agent, Site
from csbot.conversations import cancelling
from csbot.conversations.errors import OwnerChanged
from csbot.conversations.events import OwnerChanged as OwnerChangedFrame
from csbot.conversations.frames import frame_append, locked
from csbot.conversations.happenings import happened
from csbot.conversations.messages import message_add, message_data
from csbot.conversations.models import Conversation, Message, Turn
from csbot.conversations.presence import is_staffed
from csbot.conversations.services import handoffs
from csbot.conversations.wrapping import text_of
from csbot.lib.clock import now

Owner = Conversation.Owner


def owner_name(conversation: Conversation) -> str:
    return f"agent:{conversation.agent_id}" if conversation.owner == Owner.AGENT else conversation.owner


def owner_checked(conversation: Conversation, version: int) -> None:
    """Raises OwnerChanged where somebody decided on an old view of a locked conversation."""
    if conversation.owner_version != version:
        raise OwnerChanged


def owner_to_queue(conversation: Conversation, *, reason: str, is_message_left: bool = False) -> None:
    """Put a locked conversation into the queue; nothing happens where a person has it already."""
    if conversation.owner != Owner.BOT:
        return
    conversation.queued_at, conversation.handoff_reason = now(), reason
    handoffs.handoff_begin(conversation, reason=reason, queued=conversation.queued_at, is_message_left=is_message_left)
    owner_set(conversation, Owner.QUEUE, None)
    happened("handoff", conversation, reason=reason, is_message_left=is_message_left)


def handoff_request(*, conversation_id: UUID, reason: str = "requested") -> None:
    """The visitor wants a person: queue, a line that says so, and the running answer is cancelled."""
    site = Site.objects.get(conversations__pk=conversation_id)
    is_left = not is_staffed(site)
    with locked(conversation_id) as conversation:
        if conversation.owner != Owner.BOT:
            return
        turns_cancel(conversation, reason="taken_over")
        language = conversation.language or site.default_language
        say(conversation, leave_words(site, language) if is_left else text_of(site, language, "handoff_done"), language)
        owner_to_queue(conversation, reason=reason, is_message_left=is_left)


def handoff_cancel(*, conversation_id: UUID) -> None:
    """The visitor would rather go on with the bot than wait; an agent who has it already keeps it."""
    with locked(conversation_id) as conversation:
        if conversation.owner != Owner.QUEUE:
            return
        language = conversation.language or conversation.site.default_language
        say(conversation, text_of(conversation.site, language, "handoff_cancelled"), language)
        handoffs.handoff_end(conversation, handoffs.Outcome.LEFT)
        owner_set(conversation, Owner.BOT, None)


def leave_words(site: Site, language: str) -> str:
    """What a visitor is told when nobody is there: that they may leave a message, and when somebody is back, if the hours say so."""
    opening = next_opening(site.business_hours or {}, site.time_zone, now())
    if opening is None:
        return text_of(site, language, "leave_message")
    local = opening.astimezone(ZoneInfo(site.time_zone))
    when = local.strftime("%Y-%m-%d %H:%M")
    return text_of(site, language, "leave_message_until", when=when)


def say(conversation: Conversation, text: str, language: str) -> Message:
    """A line of the system's in a locked conversation."""
    message = message_add(conversation, sender=Message.Sender.SYSTEM, text=text, language=language)
    frame_append(conversation, "msg.new", {"message": message_data(message)})
    return message


def turns_cancel(conversation: Conversation, *, reason: Literal["cancelled", "taken_over"]) -> None:
    """End the bot's open turns of a locked conversation; what was streamed of them is discarded by the clients."""
    for turn in conversation.turns.filter(state__in=Turn.OPEN):
        if turn.gen:
            frame_append(conversation, "gen.abort", {"gen": str(turn.gen), "reason": reason})
            cancelling.cancel_after_commit(turn.gen)
        Turn.objects.filter(pk=turn.pk).update(state=Turn.State.CANCELLED, ended=now(), lease_until=None)


def owner_set(conversation: Conversation, owner: Conversation.Owner, agent: Agent | None) -> None:
    """On a locked conversation: the new owner, one version on, and the frame that tells everybody."""
    conversation.owner, conversation.agent = owner, agent
    conversation.owner_version += 1
    if owner != Owner.QUEUE:
        conversation.queued_at = None
    if owner != Owner.BOT:
        conversation.closed = None
    conversation.save()
    data: OwnerChangedFrame = {"owner": owner_name(conversation), "ver": conversation.owner_version}
    frame_append(conversation, "owner.changed", data)
