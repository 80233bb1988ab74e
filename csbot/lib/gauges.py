"""What the engines last counted, for the page that shows it: written by each generation worker every two seconds, with a short past.

Knows Redis. Silence means that there is no engine.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from functools import reduce
from typing import Any

from redis.exceptions import RedisError

from csbot.lib import redis
from csbot.lib.gauge import EngineGauge, SpreadGauge, together
from csbot.lib.status import worker_name

__all__ = ["EngineGauge", "SpreadGauge", "gauge_read", "gauge_write", "gauges_read", "token_rates"]

EXPIRY_S = 10
KEPT = 600  # of one worker twenty minutes at one reading every two seconds
BESIDE_S = 3.0  # readings of two workers so near are of the same moment


def gauge_write(gauge: EngineGauge, worker: str = "") -> None:
    """One worker's own; by its name, so that several do not write over each other."""
    at, worker = round(time.time(), 2), worker or worker_name()
    pipeline = redis.connection().pipeline()
    key, past = redis.key("engine", "gauges"), redis.key("engine", "readings")
    pipeline.hset(key, worker, json.dumps({"at": at, **asdict(gauge)}))
    pipeline.expire(key, EXPIRY_S)
    pipeline.lpush(past, json.dumps([worker, at, gauge.tokens]))
    pipeline.ltrim(past, 0, KEPT)
    pipeline.expire(past, EXPIRY_S * 60)
    pipeline.execute()


def gauges_read() -> dict[str, EngineGauge]:
    """By worker, of those that were heard of lately."""
    try:
        stored: Any = redis.connection().hgetall(redis.key("engine", "gauges"))
    except RedisError:
        return {}
    found = {worker: json.loads(values) for worker, values in sorted(stored.items())}
    since = time.time() - EXPIRY_S
    return {worker: _gauge_of(values) for worker, values in found.items() if values.pop("at") > since}


def _gauge_of(values: dict[str, Any]) -> EngineGauge:
    return EngineGauge(**{**values, "spreads": {name: SpreadGauge(**spread) for name, spread in values["spreads"].items()}})


def gauge_read() -> EngineGauge | None:
    """All workers' together."""
    gauges = list(gauges_read().values())
    return reduce(together, gauges) if gauges else None


def token_rates() -> list[tuple[float, float]]:
    """(moment in Unix seconds, tokens a second since the reading before), oldest first. A new worker counts from zero again.

    Of several workers: at the readings of the one that was heard most, what all of them made about then.
    """
    try:
        readings: Any = redis.connection().lrange(redis.key("engine", "readings"), 0, -1)
    except RedisError:
        return []
    past: dict[str, list[tuple[float, int]]] = {}
    for worker, at, tokens in map(json.loads, reversed(readings)):
        past.setdefault(worker, []).append((at, tokens))
    first, *others = sorted(map(_rates, past.values()), key=len, reverse=True) or [[]]
    return [(at, rate + sum(_about(at, other) for other in others)) for at, rate in first]


def _rates(past: list[tuple[float, int]]) -> list[tuple[float, float]]:
    return [
        (at, max(0.0, tokens - before) / (at - earlier) if tokens >= before else 0.0)
        for (earlier, before), (at, tokens) in zip(past, past[1:], strict=False)
        if at > earlier
    ]


def _about(moment: float, rates: list[tuple[float, float]]) -> float:
    """The rate at the reading that is nearest to this moment; 0 where there was none about then."""
    at, rate = min(rates, key=lambda reading: abs(reading[0] - moment), default=(0.0, 0.0))
    return rate if abs(at - moment) <= BESIDE_S else 0.0
