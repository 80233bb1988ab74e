"""The truth about conversations: messages, turns, durable frames, and what is still to be sent.

An acknowledged message is a committed row (C1). Every durable frame has a `seq` without gap (C3); `Conversation.last_seq`
is raised under the conversation's row lock, together with the frame. What a row may never say, the database refuses.
"""

from __future__ import annotations

from csbot.conversations.models.desk import CannedReply, Handoff, Label, Note, ReadMark, SearchWord, Settled
from csbot.conversations.models.talk import Conversation, Feedback, Frame, Message, Visitor
from csbot.conversations.models.turns import Outbox, Trace, Turn

__all__ = [
    "CannedReply",
    "Conversation",
    "Feedback",
    "Frame",
    "Handoff",
    "Label",
    "Message",
    "Note",
    "Outbox",
    "ReadMark",
    "SearchWord",
    "Settled",
    "Trace",
    "Turn",
    "Visitor",
]
