"""The engine as it is now: workers, queues, versions, speed, first tokens, and which experts work. Reads gauges and recent traces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from csbot.accounts.callers import Caller
from csbot.accounts.models import Company, Site
from csbot.conversations.models import Trace, Turn
from csbot.lib.clock import now
from csbot.lib.gauges import EngineGauge, SpreadGauge, gauge_read, token_rates
from csbot.lib.status import ROLES, WorkerStatus, queue_length, status_read
from inference import facade as inference
from knowledge import facade as knowledge

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
class Layer:
    """A layer's cells with what is said of them together (DESIGN: share, entropy, busiest to mean, dead)."""

    cells: list[Cell]
    entropy: float
    peak: float
    dead: int


@dataclass(frozen=True, slots=True)
class Number:
    """A figure of the engine in words: what it is, its value, and what stands small beside it."""

    name: str
    value: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class EngineNow:
    sees_all: bool
    gauge: EngineGauge | None
    workers: dict[str, WorkerStatus]
    queues: dict[str, int | None]
    rate: float
    rates: list[Step]
    first_tokens: list[Step]
    experts: list[Layer]
    numbers: list[Number]
    snapshots: list[tuple[str, str]]


def engine_now(caller: Caller | None, *, is_operator: bool) -> EngineNow:
    """Of one company; of all for an operator without one. What the engine counts over all companies, only an operator may see,
    or who shares the installation with nobody: another company's business shows in it.
    """
    sees_all = is_operator or (Company.objects.count() == 1 and (caller is None or caller.sites is None))
    gauge = gauge_read() if sees_all else None
    rates = token_rates() if sees_all else []
    sites = _own(Site.objects.all(), "", caller).order_by("name")
    busy = [rate for _, rate in rates[-15:] if rate]
    return EngineNow(
        sees_all=sees_all,
        gauge=gauge,
        workers={role: status_read(role) for role in ROLES},
        queues={name: queue_length(name) if sees_all else None for name in ROLES},
        rate=sum(busy) / len(busy) if busy else 0.0,
        rates=_steps([(f"{rate:.1f}", round(rate, 1)) for _, rate in rates[-60:]]),
        first_tokens=first_tokens_of(caller),
        experts=layers_of(gauge.experts if gauge else []),
        numbers=numbers_of(gauge) if gauge else [],
        snapshots=[(site.name, knowledge.published_in_words(site.knowledge_base_id)) for site in sites],
    )


def _own(rows: QuerySet[Any], way: str, caller: Caller | None) -> QuerySet[Any]:
    """Without a caller it is the operator, who sees all. `way` leads to what has company and site; empty: a site itself."""
    if caller is None:
        return rows
    rows = rows.filter(**{f"{way}company": caller.company_id})
    return rows if caller.sites is None else rows.filter(**{f"{way}site__in" if way else "pk__in": caller.sites})


def first_tokens_of(caller: Caller | None) -> list[Step]:
    """How long visitors waited for the first word of generated answers: the last 500 within 30 days."""
    since = now() - timedelta(days=30)
    generated = Turn.objects.filter(route="generate", created__gte=since)
    recent = _own(generated, "conversation__", caller).order_by("-created")
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


def layers_of(counts: list[list[int]]) -> list[Layer]:
    return [_layer(layer) for layer in counts if layer]


def _layer(counts: list[int]) -> Layer:
    load = inference.expert_load(counts)
    return Layer([Cell(number, number / (max(counts) or 1)) for number in counts], load.entropy, load.peak, len(load.dead))


def numbers_of(gauge: EngineGauge) -> list[Number]:
    """Waits, speed, batches, cache and ends since the worker's start."""
    spreads = gauge.spreads
    found = [
        _spread(_("Wait for the engine"), spreads.get("queue_s"), 1000, "ms"),
        _spread(_("First token"), spreads.get("first_token_s"), 1000, "ms"),
        _spread(_("Each further token"), spreads.get("token_s"), 1000, "ms"),
        _spread(_("Answers in a step"), spreads.get("batch"), 1, ""),
        _part(_("Prompt tokens found in the cache"), gauge.prefix_tokens, gauge.prompt_tokens),
        _part(_("Guessed tokens that were right"), gauge.proven_tokens, gauge.guessed_tokens),
        _part(_("Cache in use"), gauge.cache_used, gauge.cache_tokens),
        Number(_("Cancelled"), str(gauge.finishes.get("cancelled", 0)), _("past the deadline: %(n)s") % {"n": gauge.finishes.get("deadline", 0)}),
    ]
    if gauge.card:
        busy, used, memory = gauge.card
        more = _("memory %(used)s of %(memory)s GiB") % {"used": f"{used / 2**30:.1f}", "memory": f"{memory / 2**30:.1f}"}
        found.append(Number(_("Graphics card"), "–" if busy is None else f"{100 * busy:.0f} %", more))
    return [number for number in found if number]


def _spread(name: str, spread: SpreadGauge | None, factor: float, unit: str) -> Number | None:
    if spread is None or spread.mean is None:
        return None
    high = spread.within(0.95)
    told = f"p95 ≤ {factor * high:g} {unit}" if high is not None else f"p95 > {factor * spread.bounds[-1]:g} {unit}"
    return Number(name, f"{factor * spread.mean:.{0 if unit else 1}f} {unit}".strip(), told.strip())


def _part(name: str, part: int, whole: int) -> Number:
    return Number(name, f"{100 * part / whole:.0f} %" if whole else "–", f"{part} / {whole}")
