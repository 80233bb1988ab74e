"""What a scraper reads, and who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from csbot.lib.gauges import EngineGauge, SpreadGauge, gauge_write
from csbot.lib.status import WorkerStatus, status_write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]

GAUGE = EngineGauge(
    running=2,
    tokens=400,
    refused=3,
    finishes={"stop": 6, "cancelled": 1},
    prompt_tokens=1000,
    prefix_tokens=600,
    guessed_tokens=90,
    proven_tokens=60,
    cache_used=320,
    cache_tokens=16384,
    spreads={"first_token_s": SpreadGauge([0.1, 0.5], [4, 2, 1], 2.5)},
    card=(0.5, 10, 40),
    experts=[[30, 10, 0, 0], [5, 5, 5, 5]],
)

ONE = ("worker", "one")


@pytest.fixture
def token(settings: Any) -> str:
    settings.CSBOT = settings.CSBOT.model_copy(update={"metrics_token": "s3cret"})
    return "s3cret"


def scraped(client: Client, token: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    page = client.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert page.status_code == 200
    families = text_string_to_metric_families(page.content.decode())
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for family in families for sample in family.samples}


def test_the_engines_counts_are_told_in_prometheus_words(client: Client, token: str) -> None:
    gauge_write(GAUGE, "one")
    status_write("generation", WorkerStatus("ready"))
    found = scraped(client, token)
    expected = {
        ("csbot_worker_ready", (("role", "generation"),)): 1,
        ("csbot_worker_ready", (("role", "answers"),)): 0,
        ("csbot_queue_waiting", (("queue", "generation"),)): 0,
        ("csbot_engine_answers_total", (("finish", "cancelled"), ONE)): 1,
        ("csbot_engine_prefix_tokens_total", (ONE,)): 600,
        ("csbot_engine_proven_tokens_total", (ONE,)): 60,
        ("csbot_engine_cache_used_tokens", (ONE,)): 320,
        ("csbot_engine_first_token_seconds_bucket", (("le", "0.5"), ONE)): 6,
        ("csbot_engine_first_token_seconds_bucket", (("le", "+Inf"), ONE)): 7,
        ("csbot_engine_first_token_seconds_count", (ONE,)): 7,
        ("csbot_engine_first_token_seconds_sum", (ONE,)): 2.5,
        ("csbot_gpu_busy", (ONE,)): 0.5,
        ("csbot_expert_tokens_total", (("expert", "0"), ("layer", "0"), ONE)): 30,
        ("csbot_expert_peak", (("layer", "0"), ONE)): 3,
        ("csbot_expert_dead", (("layer", "0"), ONE)): 2,
        ("csbot_expert_entropy", (("layer", "1"), ONE)): 1,
    }
    assert {key: found.get(key) for key in expected} == expected


def test_each_worker_has_counts_of_its_own(client: Client, token: str) -> None:
    gauge_write(GAUGE, "one")
    gauge_write(EngineGauge(tokens=7, finishes={"stop": 1}), "two")
    found = scraped(client, token)
    assert [found["csbot_engine_tokens_total", (("worker", worker),)] for worker in ("one", "two")] == [400, 7]
    assert found["csbot_engine_answers_total", (("finish", "stop"), ("worker", "two"))] == 1
    assert ("csbot_gpu_busy", (("worker", "two"),)) not in found


def test_without_an_engine_the_workers_are_still_told(client: Client, token: str) -> None:
    names = {name for name, _ in scraped(client, token)}
    assert names == {"csbot_worker_ready", "csbot_queue_waiting"}


@pytest.mark.parametrize("sent", ["", "Bearer wrong", "Bearer ", "s3cret", "Bearer s3crét"])
def test_without_the_token_nobody_reads_them(client: Client, token: str, sent: str) -> None:
    page = client.get("/metrics", headers={"authorization": sent} if sent else {})
    assert (page.status_code, b"CSBOT_METRICS_TOKEN" in page.content) == (403, True)


def test_no_token_set_means_operators_only(client: Client, admin_client: Client) -> None:
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 403
    assert admin_client.get("/metrics").status_code == 200
