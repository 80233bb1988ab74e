"""Two checks in a row: what the first lets through, the second reads. Knows only that both hold back and may end the answer."""

from __future__ import annotations

from inference.contracts import Claim, GroundingStream


class Chain:
    def __init__(self, first: GroundingStream, second: GroundingStream) -> None:
        self._first, self._second = first, second

    @property
    def unsupported(self) -> Claim | None:
        return self._second.unsupported or self._first.unsupported

    @property
    def support(self) -> float:
        return min(self._first.support, self._second.support)

    def feed(self, piece: str) -> str:
        shown = self._second.feed(self._first.feed(piece))
        return shown + self._second.flush() if self._first.unsupported and not self._second.unsupported else shown

    def flush(self) -> str:
        if self._first.unsupported:
            return ""
        return self._second.feed(self._first.flush()) + self._second.flush()
