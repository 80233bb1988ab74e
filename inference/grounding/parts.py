"""Cuts a text into parts (clauses, sentences) as a stream of it is cut. What ends a part is the business of whoever is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Parts(Protocol):
    """Takes characters one by one, in `text`, and says where a part ends."""

    text: str

    def ends_before(self, character: str) -> bool: ...

    def ends_after(self, character: str) -> bool: ...

    def close(self) -> str: ...


def cut(text: str, parts: Parts) -> Iterator[str]:
    """Together exactly the text."""
    for character in text:
        if parts.ends_before(character):
            yield parts.close()
        parts.text += character
        if parts.ends_after(character):
            yield parts.close()
    if parts.text:
        yield parts.close()
