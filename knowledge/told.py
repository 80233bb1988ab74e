"""What happens to knowledge, told to whoever listens, in the transaction in which it happens. Knows no listener."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

Listener = Callable[[str, UUID, str, str, str], None]  # what, the company, who, the thing's name and its kind

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    if listener not in _listeners:
        _listeners.append(listener)


def tell(what: str, company_id: UUID, actor: str, name: str, kind: str = "") -> None:
    """`kind` is the label of the thing's model, such as knowledge.Faq."""
    for listener in _listeners:
        listener(what, company_id, actor, name, kind)
