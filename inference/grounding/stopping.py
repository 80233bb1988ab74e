"""What the checks of a stream share: at the first thing that is unsupported they stop for good, and say what it was."""

from __future__ import annotations

from inference.contracts import Claim


class Stopping:
    _unsupported: Claim | None = None

    @property
    def unsupported(self) -> Claim | None:
        return self._unsupported

    @property
    def support(self) -> float:
        """A check by rule has no shades."""
        return 0.0 if self._unsupported else 1.0
