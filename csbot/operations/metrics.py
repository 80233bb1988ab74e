"""What Prometheus scrapes: the engine's counts, the workers' states and the queues, as the workers last wrote them.

Counters live in the workers and come by way of Redis, so it does not matter which web process is asked. Knows names and
units of figures; who may read them is the view's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from csbot.lib.gauges import EngineGauge, SpreadGauge, gauge_read
from csbot.lib.status import ROLES, queue_length, status_read
from inference import facade as inference

SPREADS = {
    "queue_s": ("engine_queue_seconds", "From the request to its first step."),
    "first_token_s": ("engine_first_token_seconds", "From the request to its first token."),
    "token_s": ("engine_token_seconds", "Time for each further token of an answer."),
    "batch": ("engine_batch_size", "Answers in each step of the model."),
}


def exposition() -> bytes:
    registry = CollectorRegistry()
    registry.register(_Everything())
    return generate_latest(registry)


class _Everything(Collector):
    def collect(self) -> Iterator[Metric]:
        yield from _workers()
        if gauge := gauge_read():
            yield from _engine(gauge)
            yield from _experts(gauge.experts)


def _workers() -> Iterator[Metric]:
    ready = GaugeMetricFamily("csbot_worker_ready", "1 where the worker says that it is ready.", labels=["role"])
    waiting = GaugeMetricFamily("csbot_queue_waiting", "Tasks that no worker has taken yet.", labels=["queue"])
    for role in ROLES:
        ready.add_metric([role], float(status_read(role).state == "ready"))
        if (length := queue_length(role)) is not None:
            waiting.add_metric([role], length)
    yield ready
    yield waiting


def _engine(gauge: EngineGauge) -> Iterator[Metric]:
    yield GaugeMetricFamily("csbot_engine_running", "Answers being written.", value=gauge.running)
    yield GaugeMetricFamily("csbot_engine_waiting", "Answers that wait for their first token.", value=gauge.waiting)
    yield CounterMetricFamily("csbot_engine_tokens", "Tokens made.", value=gauge.tokens)
    yield CounterMetricFamily("csbot_engine_refused", "Requests refused for lack of room.", value=gauge.refused)
    yield CounterMetricFamily("csbot_engine_prompt_tokens", "Tokens of the prompts.", value=gauge.prompt_tokens)
    yield CounterMetricFamily("csbot_engine_prefix_tokens", "Those of them that were found in the cache.", value=gauge.prefix_tokens)
    yield GaugeMetricFamily("csbot_engine_cache_used_tokens", "Tokens of cache that running answers hold.", value=gauge.cache_used)
    yield GaugeMetricFamily("csbot_engine_cache_tokens", "Tokens of cache in all.", value=gauge.cache_tokens)
    finishes = CounterMetricFamily("csbot_engine_answers", "Answers by how they ended.", labels=["finish"])
    for finish, number in sorted(gauge.finishes.items()):
        finishes.add_metric([finish], number)
    yield finishes
    yield from (_histogram(*SPREADS[name], spread) for name, spread in gauge.spreads.items() if name in SPREADS)
    yield from _card(gauge)


def _card(gauge: EngineGauge) -> Iterator[Metric]:
    if gauge.card is None:
        return
    busy, used, memory = gauge.card
    if busy is not None:
        yield GaugeMetricFamily("csbot_gpu_busy", "Share of the time in which the graphics card worked.", value=busy)
    yield GaugeMetricFamily("csbot_gpu_memory_used_bytes", "The card's memory in use.", value=used)
    yield GaugeMetricFamily("csbot_gpu_memory_bytes", "The card's memory.", value=memory)


def _histogram(name: str, told: str, spread: SpreadGauge) -> Metric:
    ends = [*(f"{bound:g}" for bound in spread.bounds), "+Inf"]
    buckets = list(zip(ends, accumulate(spread.counts), strict=True))
    return HistogramMetricFamily(f"csbot_{name}", told, buckets=buckets, sum_value=spread.total)


def _experts(counts: list[list[int]]) -> Iterator[Metric]:
    tokens = CounterMetricFamily("csbot_expert_tokens", "Tokens given to each expert.", labels=["layer", "expert"])
    entropy = GaugeMetricFamily("csbot_expert_entropy", "Of a layer's shares; 1: all alike.", labels=["layer"])
    peak = GaugeMetricFamily("csbot_expert_peak", "A layer's busiest expert to the mean.", labels=["layer"])
    dead = GaugeMetricFamily("csbot_expert_dead", "Experts of a layer that got no token.", labels=["layer"])
    for number, layer in enumerate(counts):
        load = inference.expert_load(layer)
        for expert, count in enumerate(layer):
            tokens.add_metric([str(number), str(expert)], count)
        entropy.add_metric([str(number)], load.entropy)
        peak.add_metric([str(number)], load.peak)
        dead.add_metric([str(number)], len(load.dead))
    yield from (tokens, entropy, peak, dead)
