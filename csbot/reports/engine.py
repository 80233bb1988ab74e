"""The engine as it is now: workers, queues, versions, speed, first tokens, and which experts work. Reads gauges and recent traces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from redis.exceptions import RedisError

from csbot.accounts.models import Company, Site
from csbot.conversations.models import Trace, Turn
from csbot.lib import redis
from csbot.lib.clock import now
from csbot.lib.gauges import EngineGauge, gauge_read, token_rates
from csbot.lib.status import WorkerStatus, status_read
from knowledge import facade as knowledge

QUEUES = ("answers", "generation", "background")
STEPS_MS = (250, 500, 1000, 1500, 2000, 3000, 5000)
RECENT = 500


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    count: int
    percent: float


@dataclass(frozen=True, slots=True)
class Cell:
    """An expert of a layer: its tokens, and their share of the layer's busiest, from 0 to 1."""

    count: int
    heat: float


@dataclass(frozen=True, slots=True)
class EngineNow:
    sees_all: bool
    gauge: EngineGauge | None
    workers: dict[str, WorkerStatus]
    queues: dict[str, int | None]
    rate: float
    rates: list[Step]
    first_tokens: list[Step]
    experts: list[list[Cell]]
    snapshots: list[tuple[str, str]]


def engine_now(company_id: UUID | None, *, is_operator: bool) -> EngineNow:
    """Of one company; of all for an operator without one. What the engine counts over all companies, only an operator may see,
    or who shares the installation with nobody: another company's business shows in it.
    """
    sees_all = is_operator or Company.objects.count() == 1
    gauge = gauge_read() if sees_all else None
    rates = token_rates() if sees_all else []
    sites = _of_company(Site.objects.all(), "company", company_id).order_by("name")
    busy = [rate for _, rate in rates[-15:] if rate]
    return EngineNow(
        sees_all=sees_all,
        gauge=gauge,
        workers={role: status_read(role) for role in QUEUES},
        queues={name: _waiting(name) if sees_all else None for name in QUEUES},
        rate=sum(busy) / len(busy) if busy else 0.0,
        rates=_steps([(f"{rate:.1f}", round(rate, 1)) for _, rate in rates[-60:]]),
        first_tokens=first_tokens_of(company_id),
        experts=heat_of(gauge.experts if gauge else []),
        snapshots=[(site.name, knowledge.published_in_words(site.knowledge_base_id)) for site in sites],
    )


def _waiting(queue: str) -> int | None:
    """Tasks that no worker has taken yet; None where Redis is away. The key is Celery's own, with the installation's prefix."""
    try:
        length: Any = redis.connection().llen(redis.key("celery", queue))
    except RedisError:
        return None
    return int(length)


def _of_company(rows: QuerySet[Any], path: str, company_id: UUID | None) -> QuerySet[Any]:
    return rows if company_id is None else rows.filter(**{path: company_id})


def first_tokens_of(company_id: UUID | None) -> list[Step]:
    """How long visitors waited for the first word of generated answers: the last 500 within 30 days."""
    since = now() - timedelta(days=30)
    generated = Turn.objects.filter(route="generate", created__gte=since)
    recent = _of_company(generated, "conversation__company", company_id).order_by("-created")
    traces = Trace.objects.filter(turn__in=list(recent.values_list("pk", flat=True)[:RECENT]))
    found = traces.values_list("data__generation__first_token_ms", flat=True)
    times = [float(ms) for ms in found if ms is not None]
    counts = [0] * (len(STEPS_MS) + 1)
    for ms in times:
        counts[next((at for at, step in enumerate(STEPS_MS) if ms <= step), len(STEPS_MS))] += 1
    labels = [*(f"≤ {step / 1000:g} s" for step in STEPS_MS), f"> {STEPS_MS[-1] / 1000:g} s"]
    return _steps(list(zip(labels, counts, strict=True)))


def _steps(values: list[tuple[str, Any]]) -> list[Step]:
    longest = max((value for _, value in values), default=0) or 1
    return [Step(label, value, 100 * value / longest) for label, value in values]


def heat_of(counts: list[list[int]]) -> list[list[Cell]]:
    return [[Cell(number, number / (max(layer) or 1)) for number in layer] for layer in counts if layer]
