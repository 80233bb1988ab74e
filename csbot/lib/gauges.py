"""What the engine last counted, for the page that shows it: written by the generation worker every two seconds, with a short past.

Knows Redis. Silence means that there is no engine.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from redis.exceptions import RedisError

from csbot.lib import redis

EXPIRY_S = 10
KEPT = 150  # five minutes at one reading every two seconds


@dataclass(frozen=True, slots=True)
class SpreadGauge:
    """A histogram: a count for each of `bounds` (upper ends) and one for what lies beyond; `total` is the values' sum."""

    bounds: list[float]
    counts: list[int]
    total: float

    @property
    def mean(self) -> float | None:
        number = sum(self.counts)
        return self.total / number if number else None

    def within(self, part: float) -> float | None:
        """The bound that `part` of the values do not exceed; None where there are none, or that part lies beyond the last bound."""
        wanted, seen = part * sum(self.counts), 0
        for bound, count in zip(self.bounds, self.counts, strict=False):
            seen += count
            if wanted and seen >= wanted:
                return bound
        return None


@dataclass(frozen=True, slots=True)
class EngineGauge:
    """Totals count from the worker's start. `experts` is (layers, experts); `card` is busy share, memory used and memory in bytes."""

    running: int = 0
    waiting: int = 0
    tokens: int = 0
    answers: int = 0
    refused: int = 0
    finishes: dict[str, int] = field(default_factory=dict)
    prompt_tokens: int = 0
    prefix_tokens: int = 0
    cache_used: int = 0
    cache_tokens: int = 0
    spreads: dict[str, SpreadGauge] = field(default_factory=dict)
    card: tuple[float | None, int, int] | None = None
    experts: list[list[int]] = field(default_factory=list)


def gauge_write(gauge: EngineGauge) -> None:
    pipeline = redis.connection().pipeline()
    pipeline.set(redis.key("engine", "gauge"), json.dumps(asdict(gauge)), ex=EXPIRY_S)
    past = redis.key("engine", "past")
    pipeline.lpush(past, json.dumps([round(time.time(), 2), gauge.tokens]))
    pipeline.ltrim(past, 0, KEPT)
    pipeline.expire(past, EXPIRY_S * 60)
    pipeline.execute()


def gauge_read() -> EngineGauge | None:
    try:
        stored: Any = redis.connection().get(redis.key("engine", "gauge"))
    except RedisError:
        return None
    if not stored:
        return None
    values = json.loads(stored)
    spreads = {name: SpreadGauge(**spread) for name, spread in values.pop("spreads", {}).items()}
    return EngineGauge(**values, spreads=spreads)


def token_rates() -> list[tuple[float, float]]:
    """(moment in Unix seconds, tokens a second since the reading before), oldest first. A new worker counts from zero again."""
    try:
        readings: Any = redis.connection().lrange(redis.key("engine", "past"), 0, -1)
    except RedisError:
        return []
    past = [json.loads(reading) for reading in reversed(readings)]
    return [
        (at, max(0.0, tokens - before) / (at - earlier) if tokens >= before else 0.0)
        for (earlier, before), (at, tokens) in zip(past, past[1:], strict=False)
        if at > earlier
    ]
