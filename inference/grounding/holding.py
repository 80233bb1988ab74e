"""A check that reads a stream in parts (clauses, sentences) and holds each until its end, or as long as it does not repeat the evidence.

Knows where parts end; what is wrong with one is the business of those that inherit.
"""

from __future__ import annotations

from typing import Protocol

from inference.grounding.stopping import Stopping


class Parts(Protocol):
    """Takes characters one by one and says where a part ends."""

    text: str

    def ends_before(self, character: str) -> bool: ...

    def ends_after(self, character: str) -> bool: ...

    def close(self) -> str: ...


class Holding(Stopping):
    """Same shape as the claim check: feed, flush, `unsupported`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._copied = 0  # characters of the part that repeat the evidence
        self._held = ""
        self._shown = 0

    def feed(self, piece: str) -> str:
        shown = ""
        for character in piece:
            if self._unsupported:
                break
            shown += self._take(character)
        return shown

    def flush(self) -> str:
        return self._close() if self._parts.text and not self._unsupported else ""

    def _take(self, character: str) -> str:
        """Character by character, so that any cut of the stream shows the same."""
        ready = self._close() if self._parts.ends_before(character) else ""
        if self._unsupported:
            return ready
        self._parts.text += character
        self._held += character
        if self._copied or not character.isspace():
            self._follow(character)
            self._copied += 1
        if self._parts.ends_after(character):
            return ready + self._close()
        return ready + self._let_go() if self._is_safe(character) else ready

    def _follow(self, character: str) -> None:
        """Keeps those parts of the evidence that this one still repeats."""
        raise NotImplementedError

    def _is_safe(self, character: str) -> bool:
        """Whether what is held may be seen before its part has ended."""
        raise NotImplementedError

    def _close(self) -> str:
        """The part is whole: what of it may be seen. Sets `_unsupported` where it may not."""
        raise NotImplementedError

    def _let_go(self) -> str:
        ready, self._held = self._held, ""
        self._shown += len(ready)
        return ready
