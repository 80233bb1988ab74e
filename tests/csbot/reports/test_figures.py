"""Figures against a slow, obvious count; the lists behind them; the CSV; and who sees what."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from csbot.accounts.callers import caller_of_agent
from csbot.accounts.models import Company, Site
from csbot.conversations.models import Conversation, Feedback, Handoff, Message, Turn, Visitor
from csbot.reports.figures import FIGURES, Span, all_points, headline_of, items_of, points_of, zone_of
from csbot.reports.times import WAITS, Wait, times_of, waits_of
from knowledge.models import KnowledgeBase
from tests.csbot.dashboard.desks import Desk, agent_of

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 10)


def moved(row: Any, field: str, moment: datetime) -> None:
    type(row).objects.filter(pk=row.pk).update(**{field: moment})


def talk_at(site: Site, moment: datetime, *, origin: str = "widget", language: str = "en") -> Conversation:
    visitor = Visitor.objects.create(company_id=site.company_id, site=site)
    talk = Conversation.objects.create(company_id=site.company_id, site=site, visitor=visitor, origin=origin, language=language)
    moved(talk, "created", moment)
    talk.created = moment
    return talk


def turn_at(talk: Conversation, moment: datetime, *, seconds: float = 1, text: str = "why", **fields: Any) -> Turn:
    asked = Message.objects.create(conversation=talk, sender="visitor", text=text, language="en")
    moved(asked, "created", moment)
    values = {"route": "answer", "reason": "faq", "state": "done", "decision": {"faq": "a", "is_cached": False}, **fields}
    far = datetime(2100, 1, 1, tzinfo=UTC)
    turn = Turn.objects.create(conversation=talk, question=asked, owner_version=1, deadline=far, ended=moment + timedelta(seconds=seconds), **values)
    moved(turn, "created", moment)
    return turn


@pytest.fixture
def days(site: Site, base: KnowledgeBase) -> Span:
    """Ten days of made-up talk on two sites, with the console's and the demo's among it."""
    draw = random.Random(5)  # noqa: S311
    Site.objects.filter(pk=site.pk).update(time_zone="Asia/Shanghai")
    other = Site.objects.create(company=site.company, knowledge_base=base, key="two", name="Second shop", default_language="zh")
    for _ in range(60):
        moment = datetime(2026, 2, 27, tzinfo=UTC) + timedelta(minutes=draw.randrange(14 * 24 * 60))
        origin, language = draw.choice(["widget", "widget", "api", "console", "demo"]), draw.choice(["zh", "en"])
        talk = talk_at(draw.choice([site, other]), moment, origin=origin, language=language)
        for _ in range(draw.randrange(1, 4)):
            route = draw.choice(["answer", "answer", "clarify", "generate", "refuse", "handoff"])
            reason = {"refuse": draw.choice(["no_evidence", "out_of_scope", "safety"])}.get(route, "faq")
            decision = {"faq": draw.choice(["a", "b", "c"]) if route == "answer" else None, "is_cached": draw.random() < 0.3}
            decision |= {"shadow": draw.choice(["same", "other"])} if draw.random() < 0.3 else {}
            state = draw.choice(["done"] * 8 + ["failed", "cancelled"])
            turn = turn_at(talk, moment, seconds=draw.uniform(0.1, 9), route=route, reason=reason, decision=decision, state=state)
            if draw.random() < 0.4:
                answer = Message.objects.create(conversation=talk, sender="bot", text="so", language="en", turn=turn)
                moved(Feedback.objects.create(message=answer, value=draw.choice([1, -1])), "at", moment)
        if draw.random() < 0.4:
            taken = moment + timedelta(seconds=draw.randrange(5, 500))
            Handoff.objects.create(conversation=talk, reason=draw.choice(["requested", "complaint"]), queued=moment, taken=taken, answered=taken)
    return Span(caller_of_agent(agent_of(site.company, "ann", "admin")), FIRST, LAST, "Asia/Shanghai")


def is_in(moment: datetime) -> bool:
    return FIRST <= moment.astimezone(ZONE).date() <= LAST


def slow(figure: str) -> Counter[Any]:
    """The same count, row by row."""
    talks = list(Conversation.objects.exclude(origin="console").select_related("site"))
    ids = {talk.pk for talk in talks}
    every = [turn for turn in Turn.objects.all() if turn.conversation_id in ids and is_in(turn.created)]
    turns = [turn for turn in every if turn.state == "done"]
    answers = [turn for turn in turns if turn.route == "answer"]
    kept = [turn for turn in turns if turn.route in ("answer", "generate")]
    day = lambda moment: moment.astimezone(ZONE).date()  # noqa: E731
    return {
        "conversations": Counter(day(talk.created) for talk in talks if is_in(talk.created)),
        "messages": Counter(day(m.created) for m in Message.objects.filter(sender="visitor") if m.conversation_id in ids and is_in(m.created)),
        "routes": Counter(turn.route for turn in turns),
        "lost": Counter(turn.state for turn in every if turn.state != "done"),
        "handoffs": Counter(stay.reason for stay in Handoff.objects.all() if stay.conversation_id in ids and is_in(stay.queued)),
        "ratings": Counter(f.value for f in Feedback.objects.select_related("message") if f.message.conversation_id in ids and is_in(f.at)),
        "faqs": Counter(turn.decision["faq"] for turn in answers),
        "cached": Counter(turn.decision["is_cached"] for turn in kept),
        "cache_checks": Counter(turn.decision["shadow"] for turn in kept if "shadow" in turn.decision),
        "unanswered": Counter(day(turn.created) for turn in turns if turn.route == "refuse" and turn.reason != "safety"),
        "sites": Counter(talk.site.name for talk in talks if is_in(talk.created)),
        "languages": Counter(talk.language for talk in talks if is_in(talk.created)),
    }[figure]


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_counts_what_a_slow_look_at_every_row_counts(days: Span, figure: str) -> None:
    counted = slow(figure)
    assert counted
    assert {point.value: point.count for point in points_of(FIGURES[figure], days) if point.count} == dict(counted)


@pytest.mark.parametrize("figure", FIGURES)
def test_behind_each_bar_are_as_many_rows_as_it_says(days: Span, figure: str) -> None:
    for point in points_of(FIGURES[figure], days):
        assert items_of(FIGURES[figure], str(point.value), days).count() == point.count


def test_all_figures_at_once_are_those_of_each_by_itself(days: Span) -> None:
    assert all_points(days) == {key: points_of(figure, days) for key, figure in FIGURES.items()}
    assert headline_of(days, all_points(days)) == headline_of(days)


def test_a_day_begins_at_midnight_of_the_sites_zone(site: Site) -> None:
    caller = caller_of_agent(agent_of(site.company, "ann", "admin"))
    talk_at(site, datetime(2026, 3, 1, 15, 59, tzinfo=UTC))  # 23:59 in Shanghai
    talk_at(site, datetime(2026, 3, 1, 16, 1, tzinfo=UTC))  # 00:01 of the next day
    points = points_of(FIGURES["conversations"], Span(caller, date(2026, 3, 1), date(2026, 3, 2), "Asia/Shanghai"))
    assert [(point.value.day, point.count) for point in points] == [(1, 1), (2, 1)]


def test_median_and_nine_of_ten(site: Site) -> None:
    caller = caller_of_agent(agent_of(site.company, "ann", "admin"))
    talk = talk_at(site, datetime(2026, 3, 2, tzinfo=UTC))
    for seconds in range(1, 11):
        turn_at(talk, datetime(2026, 3, 2, tzinfo=UTC), seconds=seconds)
    times = times_of(Span(caller, FIRST, LAST, "UTC"))["bot"]
    assert (times.median, times.p90, times.number) == (5, 9, 10)


def stay_at(talk: Conversation, queued: datetime, taken_s: float | None, answered_s: float | None, **fields: Any) -> None:
    taken, answered = (None if seconds is None else queued + timedelta(seconds=seconds) for seconds in (taken_s, answered_s))
    Handoff.objects.create(conversation=talk, queued=queued, taken=taken, answered=answered, **{"reason": "requested", **fields})


def test_waiting_is_what_visitors_waited_in_the_queue(site: Site) -> None:
    span = Span(caller_of_agent(agent_of(site.company, "ann", "admin")), FIRST, LAST, "UTC")
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    stay_at(talk_at(site, moment), moment, 60, 90)
    stay_at(talk_at(site, moment), moment, None, None)
    stay_at(talk_at(site, moment), moment, 0, 5, reason="taken_over")
    stay_at(talk_at(site, moment), moment, 40000, 40060, is_message_left=True)
    times = times_of(span)
    assert (times["waiting"].median, times["waiting"].number) == (60, 1)
    assert (times["person"].median, times["person"].number) == (90, 1)


def test_the_first_response_is_that_of_a_conversations_first_message(site: Site) -> None:
    span = Span(caller_of_agent(agent_of(site.company, "ann", "admin")), FIRST, LAST, "UTC")
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    answered = talk_at(site, moment)
    turn_at(answered, moment, seconds=2)
    turn_at(answered, moment + timedelta(minutes=5), seconds=30)
    person = talk_at(site, moment)
    turn_at(person, moment, seconds=1, state="cancelled")
    stay_at(person, moment + timedelta(seconds=1), 5, 9)
    older = talk_at(site, moment - timedelta(days=5))
    turn_at(older, moment, seconds=500)
    unanswered = talk_at(site, moment)
    turn_at(unanswered, moment, state="failed")
    times = times_of(span)["first"]
    assert (times.median, times.p90, times.number) == (2, 10, 2)


def test_without_a_choice_days_are_those_of_a_site_that_the_caller_sees(site: Site, base: KnowledgeBase) -> None:
    Site.objects.filter(pk=site.pk).update(time_zone="Asia/Shanghai")
    other = Site.objects.create(company=site.company, knowledge_base=base, key="two", name="Two", default_language="en", time_zone="America/Lima")
    limited = agent_of(site.company, "joe", "viewer")
    limited.sites.add(other)
    assert zone_of(caller_of_agent(limited), None) == "America/Lima"
    assert zone_of(caller_of_agent(limited), site.pk) == "Asia/Shanghai"


def test_the_demo_can_be_left_out(days: Span) -> None:
    with_it = headline_of(days).conversations
    without = headline_of(Span(days.caller, FIRST, LAST, days.zone, with_demo=False)).conversations
    assert 0 < without < with_it


# --- pages -----------------------------------------------------------------------------------------------------------

RANGE = {"first": str(FIRST), "last": str(LAST)}


def desk_of(company: Company, role: str = "viewer", **fields: Any) -> Desk:
    return Desk(agent_of(company, f"person-{role}", role, **fields))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_shows_every_figure_within_fifteen_queries(days: Span, company: Company, language: str, django_assert_max_num_queries: Any) -> None:
    desk = desk_of(company)
    with django_assert_max_num_queries(15):
        page = desk.client.get("/reports/", RANGE, headers={"accept-language": language})
    text = page.content.decode()
    assert page.status_code == 200
    assert all(f'id="{figure}"' in text for figure in FIGURES)


@pytest.mark.parametrize("figure", FIGURES)
def test_each_bar_leads_to_its_rows_and_the_csv_says_the_same(days: Span, company: Company, figure: str) -> None:
    desk = desk_of(company)
    points = points_of(FIGURES[figure], days)
    rows = list(csv.reader(io.StringIO(desk.client.get("/reports/csv/", {**RANGE, "figure": figure}).content.decode("utf-8-sig"))))
    assert [(row[0], int(row[2])) for row in rows[1:]] == [(str(point.value), point.count) for point in points]
    told = desk.get(f"reports/{figure}", **RANGE).json()
    assert [(point["value"], point["count"]) for point in told["points"]] == [(str(point.value), point.count) for point in points]
    filled = next(point for point in points if point.count)
    page = desk.client.get(f"/reports/items/?{urlencode({**RANGE, 'figure': figure, 'value': str(filled.value)})}")
    assert page.status_code == 200
    assert page.content.decode().count('href="/desk/c/') == min(50, filled.count)


@pytest.mark.parametrize("query", [{"figure": "nothing"}, {"figure": "conversations", "value": "soon"}, {"figure": "ratings", "value": "x"}, {}])
def test_a_figure_that_does_not_exist_is_not_found(company: Company, site: Site, query: dict[str, str]) -> None:
    assert desk_of(company).client.get("/reports/items/", query).status_code == 404


@pytest.mark.parametrize(("first", "last"), [("2026-03-10", "2026-03-01"), ("2020-01-01", "2026-01-01"), ("soon", "")])
def test_days_that_make_no_span_are_refused_in_words(company: Company, site: Site, first: str, last: str) -> None:
    page = desk_of(company).client.get("/reports/", {"first": first, "last": last})
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    assert desk_of(company, "agent").get("reports/routes", first=first, last=last).status_code == 400


@pytest.mark.parametrize("wait", WAITS)
def test_behind_each_time_stand_its_waits_the_longest_first(days: Span, company: Company, wait: Wait) -> None:
    desk, expected = desk_of(company), waits_of(days)[wait]
    page = desk.client.get("/reports/waits/", {**RANGE, "wait": wait})
    assert page.status_code == 200
    assert page.content.decode().count('href="/desk/c/') == min(50, len(expected))
    table = desk.client.get("/reports/waits/", {**RANGE, "wait": wait, "format": "csv"}).content.decode("utf-8-sig")
    saved = list(csv.reader(io.StringIO(table)))[1:]
    seconds = [float(row[2]) for row in saved if row[2]]
    assert seconds == sorted(seconds, reverse=True)
    assert len(seconds) == times_of(days)[wait].number > 0
    assert len(saved) == len(expected)


ENDS = ["0001-01-01", "0001-01-02", "9999-12-31"]


@pytest.mark.parametrize("first", ENDS)
@pytest.mark.parametrize("last", ENDS)
def test_the_ends_of_the_calendar_are_refused_in_words(company: Company, site: Site, first: str, last: str) -> None:
    desk = desk_of(company)
    for span in ({"first": first, "last": last}, {"last": last}):
        assert desk.client.get("/reports/", span).status_code == 200
        assert desk.get("reports/routes", **span).status_code == 400
    assert desk.client.get("/reports/items/", {"figure": "conversations", "value": last}).status_code == 404
    assert desk.get("inbox", cursor=f"{last}T00:00:00+14:00_{uuid4()}").status_code == 400


def test_other_companies_and_other_sites_are_not_counted(days: Span, site: Site) -> None:
    stranger = Company.objects.create(name="Else", slug="else")
    assert headline_of(Span(caller_of_agent(agent_of(stranger, "eve", "admin")), FIRST, LAST, "UTC")).conversations == 0
    limited = agent_of(site.company, "joe", "viewer")
    limited.sites.add(site)
    points = points_of(FIGURES["sites"], Span(caller_of_agent(limited), FIRST, LAST, days.zone))
    assert [point.value for point in points] == [site.name]


def test_strangers_are_led_to_sign_in(client: Any, db: None) -> None:
    for path in ("/reports/", "/reports/items/", "/reports/csv/", "/engine/"):
        assert client.get(path).headers["Location"].startswith("/account/login/")
    assert client.get("/api/v1/reports/routes").status_code in (401, 403)
