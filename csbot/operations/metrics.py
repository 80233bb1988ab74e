"""What Prometheus scrapes: the engine's counts, the workers' states and the queues, as the workers last wrote them.

Counters live in the workers and come by way of Redis, so it does not matter which web process is asked. Knows names and
units of figures; who may read them is the view's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from csbot.lib.gauges import EngineGauge, gauges_read
from csbot.lib.status import ROLES, queue_length, status_read
from inference import facade as inference

SPREADS = {
    "queue_s": ("engine_queue_seconds", "From the request to its first step."),
    "first_token_s": ("engine_first_token_seconds", "From the request to its first token."),
    "token_s": ("engine_token_seconds", "Time for each further token of an answer."),
    "batch": ("engine_batch_size", "Answers in each step of the model."),
}

Gauges = Mapping[str, EngineGauge]
_NUMBERS: tuple[tuple[type[CounterMetricFamily | GaugeMetricFamily], str, str, Callable[[EngineGauge], float | None]], ...] = (
    (GaugeMetricFamily, "csbot_engine_running", "Answers being written.", lambda gauge: gauge.running),
    (GaugeMetricFamily, "csbot_engine_waiting", "Answers that wait for their first token.", lambda gauge: gauge.waiting),
    (CounterMetricFamily, "csbot_engine_tokens", "Tokens made.", lambda gauge: gauge.tokens),
    (CounterMetricFamily, "csbot_engine_refused", "Requests refused for lack of room.", lambda gauge: gauge.refused),
    (CounterMetricFamily, "csbot_engine_prompt_tokens", "Tokens of the prompts.", lambda gauge: gauge.prompt_tokens),
    (CounterMetricFamily, "csbot_engine_prefix_tokens", "Those of them that were found in the cache.", lambda gauge: gauge.prefix_tokens),
    (CounterMetricFamily, "csbot_engine_guessed_tokens", "Tokens guessed ahead of a step.", lambda gauge: gauge.guessed_tokens),
    (CounterMetricFamily, "csbot_engine_proven_tokens", "Those of them that the step proved right.", lambda gauge: gauge.proven_tokens),
    (GaugeMetricFamily, "csbot_engine_cache_used_tokens", "Tokens of cache that running answers hold.", lambda gauge: gauge.cache_used),
    (GaugeMetricFamily, "csbot_engine_cache_tokens", "Tokens of cache in all.", lambda gauge: gauge.cache_tokens),
    (GaugeMetricFamily, "csbot_gpu_busy", "Share of the time in which the graphics card worked.", lambda gauge: gauge.card and gauge.card[0]),
    (GaugeMetricFamily, "csbot_gpu_memory_used_bytes", "The card's memory in use.", lambda gauge: gauge.card and gauge.card[1]),
    (GaugeMetricFamily, "csbot_gpu_memory_bytes", "The card's memory.", lambda gauge: gauge.card and gauge.card[2]),
)


def exposition() -> bytes:
    registry = CollectorRegistry()
    registry.register(_Everything())
    return generate_latest(registry)


class _Everything(Collector):
    def collect(self) -> Iterator[Metric]:
        yield from _workers()
        if gauges := gauges_read():
            yield from _engines(gauges)
            yield from _experts(gauges)


def _workers() -> Iterator[Metric]:
    ready = GaugeMetricFamily("csbot_worker_ready", "1 where the worker says that it is ready.", labels=["role"])
    waiting = GaugeMetricFamily("csbot_queue_waiting", "Tasks that no worker has taken yet.", labels=["queue"])
    for role in ROLES:
        ready.add_metric([role], float(status_read(role).state == "ready"))
        if (length := queue_length(role)) is not None:
            waiting.add_metric([role], length)
    yield ready
    yield waiting


def _engines(gauges: Gauges) -> Iterator[Metric]:
    """Each worker's own: together they would seem to begin anew when one of them does."""
    for kind, name, told, read in _NUMBERS:
        family = kind(name, told, labels=["worker"])
        for worker, gauge in gauges.items():
            if (value := read(gauge)) is not None:
                family.add_metric([worker], value)
        if family.samples:
            yield family
    finishes = CounterMetricFamily("csbot_engine_answers", "Answers by how they ended.", labels=["worker", "finish"])
    for worker, gauge in gauges.items():
        for finish, number in sorted(gauge.finishes.items()):
            finishes.add_metric([worker, finish], number)
    yield finishes
    yield from (_histogram(gauges, spread, *told) for spread, told in SPREADS.items())


def _histogram(gauges: Gauges, spread: str, name: str, told: str) -> Metric:
    family = HistogramMetricFamily(f"csbot_{name}", told, labels=["worker"])
    for worker, gauge in gauges.items():
        if (found := gauge.spreads.get(spread)) is not None:
            ends = [*(f"{bound:g}" for bound in found.bounds), "+Inf"]
            family.add_metric([worker], list(zip(ends, accumulate(found.counts), strict=True)), found.total)
    return family


def _experts(gauges: Gauges) -> Iterator[Metric]:
    tokens = CounterMetricFamily("csbot_expert_tokens", "Tokens given to each expert.", labels=["worker", "layer", "expert"])
    entropy = GaugeMetricFamily("csbot_expert_entropy", "Of a layer's shares; 1: all alike.", labels=["worker", "layer"])
    peak = GaugeMetricFamily("csbot_expert_peak", "A layer's busiest expert to the mean.", labels=["worker", "layer"])
    dead = GaugeMetricFamily("csbot_expert_dead", "Experts of a layer that got no token.", labels=["worker", "layer"])
    for worker, number, layer in ((worker, str(number), layer) for worker, gauge in gauges.items() for number, layer in enumerate(gauge.experts)):
        load = inference.expert_load(layer)
        for expert, count in enumerate(layer):
            tokens.add_metric([worker, number, str(expert)], count)
        entropy.add_metric([worker, number], load.entropy)
        peak.add_metric([worker, number], load.peak)
        dead.add_metric([worker, number], len(load.dead))
    yield from (tokens, entropy, peak, dead)
