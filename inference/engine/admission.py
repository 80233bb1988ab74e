"""Who may come in: so many answers at once, so many tokens of cache, a fair share for each tenant, and an honest time to come back.

Knows counts and clocks; nothing of models. A refusal is immediate, so that nobody waits behind a full engine. Running
answers are never thrown out: who has more than its share keeps what it has and gets nothing new.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from inference.contracts import EngineOverloaded

WANTING_S = 10.0  # for so long a refused tenant counts as one that is here
KNOWN_S = 3600.0  # for so long a tenant that is alone keeps a place free for the others that were seen


@dataclass(frozen=True, slots=True)
class _Place:
    tenant: str
    tokens: int
    since: float


class Admission:
    """Reserves each answer's tokens until it is released.

    With n tenants here (holding a place, asking, or refused a moment ago) each may have ⌈slots / n⌉ places, and of the tokens
    ⌈tokens / n⌉, or one answer of any size. One that is alone may have everything but one slot's worth, where others are known
    and there are more than two slots. All answers without a name are one tenant, for which nothing is kept free.
    """

    def __init__(self, *, slots: int, tokens: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._slots = slots
        self._tokens = tokens
        self._clock = clock
        self._places: dict[str, _Place] = {}
        self._wanting: dict[str, float] = {}  # tenant: refused when
        self._seen: dict[str, float] = {}  # tenant: asked when
        self._usual_s = 5.0  # how long an answer takes, learned as answers end
        self._lock = threading.Lock()
        self.refused = 0

    @property
    def held(self) -> tuple[int, int]:
        """(answers, tokens) that are reserved now."""
        with self._lock:
            return len(self._places), sum(place.tokens for place in self._places.values())

    def admit(self, id: str, tokens: int, tenant: str = "") -> None:
        """Raises `EngineOverloaded` where there is no room, and `ValueError` for an id that is running already."""
        with self._lock:
            if id in self._places:
                raise ValueError(f"id: an answer {id} is running already")
            now = self._clock()
            if tenant:
                self._seen[tenant] = now
            blocking = self._blocking(tokens, tenant, now)
            if blocking is not None:
                self.refused += 1
                self._wanting[tenant] = now
                raise EngineOverloaded(self._retry_after_s(blocking, now), ahead=len(blocking))
            self._wanting.pop(tenant, None)
            self._places[id] = _Place(tenant, tokens, now)

    def release(self, id: str) -> None:
        with self._lock:
            if (place := self._places.pop(id, None)) is not None:
                self._usual_s = 0.8 * self._usual_s + 0.2 * (self._clock() - place.since)

    def _blocking(self, tokens: int, tenant: str, now: float) -> list[_Place] | None:
        """The answers one of which has to end first; None where there is room."""
        places = list(self._places.values())
        if len(places) >= self._slots or sum(place.tokens for place in places) + tokens > self._tokens:
            return places
        own = [place for place in places if place.tenant == tenant]
        slots, room = self._share(tenant, now)
        if own and (len(own) >= slots or sum(place.tokens for place in own) + tokens > room):
            return own
        return None

    def _share(self, tenant: str, now: float) -> tuple[int, int]:
        """The places and tokens that a tenant may have now."""
        self._wanting = _recent(self._wanting, now - WANTING_S)
        self._seen = _recent(self._seen, now - KNOWN_S)
        here = {place.tenant for place in self._places.values()} | self._wanting.keys() | {tenant}
        if len(here) > 1:
            return -(-self._slots // len(here)), -(-self._tokens // len(here))
        if tenant and len(self._seen) > 1 and self._slots > 2:
            return self._slots - 1, self._tokens - self._tokens // self._slots
        return self._slots, self._tokens

    def _retry_after_s(self, blocking: list[_Place], now: float) -> float:
        """When the oldest of them is likely to end."""
        oldest = min((place.since for place in blocking), default=now)
        return max(1.0, self._usual_s - (now - oldest))


def _recent(moments: dict[str, float], since: float) -> dict[str, float]:
    return {tenant: moment for tenant, moment in moments.items() if moment >= since}
