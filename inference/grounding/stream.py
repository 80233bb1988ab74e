"""Lets an answer through as far as its claims are supported, while it is still being made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from inference.contracts import Claim
from inference.grounding.claims import find_claims
from inference.grounding.segments import Segment, Segmenter
from inference.grounding.stopping import Stopping
from inference.grounding.support import Support


class Grounding(Stopping):
    """A `GroundingStream`. Text without claims passes word by word; a claim waits until it is known to be whole."""

    def __init__(self, support: Support) -> None:
        self._support = support
        self._segmenter = Segmenter()

    def feed(self, piece: str) -> str:
        return "" if self._unsupported else self._let_through(self._segmenter.feed(piece))

    def flush(self) -> str:
        return "" if self._unsupported else self._let_through(self._segmenter.flush())

    def _let_through(self, parts: Iterable[str | Segment]) -> str:
        shown: list[str] = []
        for part in parts:
            if isinstance(part, str):
                shown.append(part)
                continue
            self._unsupported = first_unsupported(part, self._support)
            if self._unsupported:
                shown.append(part.text[: self._unsupported.start - part.start])
                break
            shown.append(part.text)
        return "".join(shown)


def first_unsupported(segment: Segment, support: Support) -> Claim | None:
    """The first claim of a segment that nothing supports, placed in the whole text."""
    offset = segment.start - len(segment.before)
    text = segment.before + segment.text
    for found in find_claims(text, start=len(segment.before), opens_line=segment.opens_line):
        if not support.holds(found, text[found.claim.end : found.claim.end + 1]):
            return replace(found.claim, start=found.claim.start + offset, end=found.claim.end + offset)
    return None
