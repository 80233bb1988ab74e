"""What happens to conversations, told to whoever listens, inside the transaction in which it happens.

Kinds: conversation.opened, message, handoff, closed, rating, unanswered. A listener that writes rows has them committed together with
the happening, or not at all; one that wants more waits for the commit. Listeners register in their app's `ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from csbot.conversations.models import Conversation

Kind = Literal["conversation.opened", "message", "handoff", "closed", "rating", "unanswered"]
Listener = Callable[[Kind, Conversation, Mapping[str, Any]], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    if listener not in _listeners:
        _listeners.append(listener)


def happened(kind: Kind, conversation: Conversation, **data: Any) -> None:
    """`data` is JSON: what a webhook's receiver is told beside the conversation itself."""
    for listener in _listeners:
        listener(kind, conversation, data)
