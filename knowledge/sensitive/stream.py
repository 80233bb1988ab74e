"""Filters a text that arrives in pieces, holding back only what may still become a listed word.

Knows which characters are decided and lets those out. Any chunking gives the same text: a character leaves when no word can
begin at it or before it any more, and by then every hit that covers it is known. Fails closed: what is undecided stays inside.
"""

from __future__ import annotations

from knowledge.contracts import Direction, Hit, Level
from knowledge.sensitive.rules import Rules, own_level
from knowledge.sensitive.scanner import Scanner
from knowledge.sensitive.terms import Words
from knowledge.sensitive.verdicts import ORDER, STOPPING, mask, standing_hits


class WordStream:
    """One text. After the first hit of level block or hand over nothing more comes out."""

    def __init__(self, words: Words, direction: Direction, rules: Rules | None = None) -> None:
        self._scanner = Scanner(words)
        self._direction = direction
        self._levels = rules.levels(direction) if rules else own_level
        self._held = ""
        self._offset = 0  # position of the first held character
        self._hits: list[Hit] = []
        self._open: list[Hit] = []  # hits that still cover held characters
        self._stopped: Level | None = None

    def feed(self, piece: str) -> str:
        if self._stopped or not piece:
            return ""
        self._held += piece
        self._scanner.feed(piece)
        return self._release()

    def flush(self) -> str:
        if self._stopped:
            return ""
        self._scanner.finish()
        return self._release()

    @property
    def hits(self) -> tuple[Hit, ...]:
        return tuple(self._hits)

    @property
    def stopped(self) -> Level | None:
        return self._stopped

    @property
    def held_back(self) -> int:
        """Characters that are inside and undecided."""
        return len(self._held)

    def _release(self) -> str:
        scanner = self._scanner
        # An allowed phrase that has begun may still spare a hit inside it, so such a hit is not decided either.
        undecided = [one.start for one in scanner.found if one.start >= scanner.pending_allowed]
        border = min([scanner.pending, *undecided])
        decided = standing_hits((one for one in scanner.found if one.start < border), scanner.spared, self._levels)
        scanner.found = [one for one in scanner.found if one.start >= border]
        scanner.spared = [span for span in scanner.spared if span[1] > border]
        stop = next((hit.start for hit in decided if hit.level in STOPPING), None)
        if stop is not None:
            return self._stop(stop, decided)
        self._hits += decided
        self._open = [hit for hit in self._open if hit.end > self._offset] + decided
        out = mask(self._held[: border - self._offset], self._open, self._direction, offset=self._offset)
        self._held = self._held[border - self._offset :]
        self._offset = border
        return out

    def _stop(self, stop: int, decided: list[Hit]) -> str:
        reported = [hit for hit in decided if hit.start <= stop]
        self._hits += reported
        self._stopped = max((hit.level for hit in reported if hit.start == stop and hit.level in STOPPING), key=ORDER.__getitem__)
        out = mask(self._held[: stop - self._offset], self._open + reported, self._direction, offset=self._offset)
        self._held = ""
        return out
