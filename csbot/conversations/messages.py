"""A message as it is stored and as clients see it."""

from __future__ import annotations

from typing import Any

from csbot.conversations.events import MessageData
from csbot.conversations.models import Conversation, Message
from csbot.conversations.search import text_index
from csbot.lib.clock import to_wire


def message_add(conversation: Conversation, **fields: Any) -> Message:
    """The one place where messages are stored, so that each can be found again."""
    message = Message.objects.create(conversation=conversation, **fields)
    Message.feedback.related.set_cached_value(message, None)  # nobody has rated it yet: no need to ask
    text_index(conversation, message.text)
    return message


VISITORS_WRAP = ("route", "sources", "handoff", "note", "related", "options")


def message_data(message: Message) -> MessageData:
    """What a visitor may know of a message; filter hits and the like stay on our side."""
    data: MessageData = {
        "id": str(message.pk),
        "sender": message.sender,  # type: ignore[typeddict-item]
        "text": message.text,
        "language": message.language,  # type: ignore[typeddict-item]
        "ts": to_wire(message.created),
    }
    if message.client_id:
        data["client_id"] = message.client_id
    if message.agent:
        data["agent"] = message.agent.display_name
    if "route" in message.wrap:
        data["wrap"] = {key: message.wrap[key] for key in VISITORS_WRAP if key in message.wrap}  # type: ignore[typeddict-item]
    if "finish" in message.wrap:
        data["finish"] = message.wrap["finish"]
    if "notice" in message.wrap:
        data["notice"] = message.wrap["notice"]
    if (feedback := getattr(message, "feedback", None)) is not None:
        data["rating"] = feedback.value
    return data
