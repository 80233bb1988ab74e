"""Cuts a stream of text at the first stop string, holding back only what could still become one."""

from __future__ import annotations

from collections.abc import Sequence


class StopCutter:
    """`feed` gives what may be shown; once `is_cut` nothing more comes out."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.is_cut = False

    def feed(self, text: str) -> str:
        if self.is_cut:
            return ""
        if not self._stops:
            return text
        self._held += text
        found = [at for at in (self._held.find(stop) for stop in self._stops) if at >= 0]
        if found:
            self.is_cut = True
            return self._held[: min(found)]
        keep = max(self._overlap(stop) for stop in self._stops)
        shown, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return shown

    def flush(self) -> str:
        """The end of the text: what was held back was no stop string after all."""
        if self.is_cut:
            return ""
        held, self._held = self._held, ""
        return held

    def _overlap(self, stop: str) -> int:
        """How many of the last characters are a beginning of `stop`."""
        longest = min(len(stop) - 1, len(self._held))
        return next((size for size in range(longest, 0, -1) if self._held.endswith(stop[:size])), 0)
