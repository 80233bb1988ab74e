"""The engine's page: what the gauges say, and what it says without them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from csbot.accounts.models import Company, Site
from csbot.lib import gauges
from csbot.lib.gauges import EngineGauge, SpreadGauge, gauge_read, gauge_write, token_rates
from csbot.lib.status import WorkerStatus, status_write
from csbot.reports.engine import layers_of
from tests.csbot.dashboard.desks import Desk, agent_of

pytestmark = pytest.mark.usefixtures("redis_clean")


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "没有引擎在计数"), ("en", "No engine counts")])
def test_without_an_engine_the_page_says_so(company: Company, site: Site, language: str, words: str) -> None:
    page = Desk(agent_of(company, "ann", "admin")).client.get("/engine/", headers={"accept-language": language})
    assert page.status_code == 200
    assert words in page.content.decode()


def test_workers_versions_and_experts_are_shown(company: Company, site: Site) -> None:
    status_write("generation", WorkerStatus("ready", model="moe@1"))
    gauge_write(EngineGauge(running=2, waiting=1, tokens=4321, answers=7, experts=[[1, 30], [20, 10]]))
    part = Desk(agent_of(company, "ann", "admin")).client.get("/engine/", {"part": "now"}).content.decode()
    assert all(text in part for text in ("moe@1", "4321", "--heat: 100.0%", ">30<"))
    assert "<html" not in part


def test_what_a_worker_lacks_stands_beside_it(company: Company, site: Site) -> None:
    status_write("answers", WorkerStatus("ready", lacks="model.npz is missing"))
    client = Desk(agent_of(company, "ann", "admin")).client
    for language, words in (("en", "self-harm are not heard without a listed word: model.npz"), ("zh-hans", "自伤内容目前无法识别：model.npz")):
        assert words in client.get("/engine/", {"part": "now"}, headers={"accept-language": language}).content.decode()


def test_where_companies_share_an_engine_only_the_operator_sees_its_counts(company: Company, site: Site) -> None:
    Company.objects.create(name="Else", slug="else")
    gauge_write(EngineGauge(tokens=4321, experts=[[1, 30]]))
    status_write("answers", WorkerStatus("ready"))
    agent = agent_of(company, "ann", "admin")
    desk = Desk(agent)
    page = desk.client.get("/engine/").content.decode()
    assert "4321" not in page
    assert "--heat" not in page
    assert "Several companies share this engine" in page
    assert re.search(r"heard \d s ago", page)
    agent.user.is_superuser = True
    agent.user.save()
    assert "4321" in desk.client.get("/engine/").content.decode()


def test_an_operator_without_a_company_sees_the_engine(site: Site, admin_client: Any) -> None:
    page = admin_client.get("/engine/")
    assert page.status_code == 200
    assert site.name in page.content.decode()


def test_speed_is_the_difference_of_two_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([100.0, 102.0, 104.0, 106.0])
    monkeypatch.setattr(gauges.time, "time", lambda: next(moments))
    for tokens in (0, 20, 20, 5):  # the last one by a worker that was started anew
        gauge_write(EngineGauge(tokens=tokens))
    assert token_rates() == [(102.0, 10.0), (104.0, 0.0), (106.0, 0.0)]


def test_the_worker_writes_what_its_engine_counts(engine: object) -> None:
    from csbot.operations.roles import write_gauge

    write_gauge()
    gauge = gauge_read()
    assert gauge
    assert gauge.running == 0


def test_heat_is_the_share_of_a_layers_busiest() -> None:
    layers = layers_of([[0, 5, 10], [0, 0, 0]])
    assert [[cell.heat for cell in layer.cells] for layer in layers] == [[0.0, 0.5, 1.0], [0.0, 0.0, 0.0]]
    assert [(layer.peak, layer.dead) for layer in layers] == [(2.0, 1), (0.0, 0)]


@pytest.mark.parametrize(("language", "words"), [("zh-hans", ("缓存占用", "显存", "均匀度")), ("en", ("Cache in use", "memory", "evenness"))])
def test_waits_cache_card_and_evenness_are_shown(company: Company, site: Site, language: str, words: tuple[str, ...]) -> None:
    spreads = {"first_token_s": SpreadGauge([0.1, 0.5], [18, 1, 1], 3.0)}
    gauge_write(EngineGauge(spreads=spreads, cache_used=8, cache_tokens=32, card=(0.25, 2**30, 2**32), experts=[[4, 0], [2, 2]]))
    client = Desk(agent_of(company, "ann", "admin")).client
    part = client.get("/engine/", {"part": "now"}, headers={"accept-language": language}).content.decode()
    assert all(word in part for word in (*words, "150 ms", "p95 ≤ 500 ms", "25 %", "2.0 ×"))


def test_a_part_beyond_the_last_bound_has_no_bound() -> None:
    spread = SpreadGauge([1.0, 2.0], [1, 0, 9], 50.0)
    assert (spread.within(0.1), spread.within(0.95), spread.mean) == (1.0, None, 5.0)
    assert (SpreadGauge([1.0], [0, 0], 0.0).within(0.95), SpreadGauge([1.0], [0, 0], 0.0).mean) == (None, None)
