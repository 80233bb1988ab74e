"""A site's form: what is typed becomes the site's values, what is wrong is told, and the widget looks as it says."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from csbot.accounts.appearance import appearance_of, contrast_of
from csbot.accounts.hourstext import exceptions_read, exceptions_written, intervals_read, intervals_written
from csbot.accounts.models import Company, Site
from csbot.conversations.wrapping import text_of
from tests.csbot.dashboard.desks import agent_of


@pytest.fixture
def admin(client: Client, company: Company) -> Client:
    client.force_login(agent_of(company, "ann", "admin").user)
    return client


def form(site: Site, **more: Any) -> dict[str, Any]:
    fields = {"name": "Tea", "key": "tea", "knowledge_base": str(site.knowledge_base_id), "is_active": "on", "languages": ["en", "zh"]}
    look = {"colour": "#1f6f54", "position": "right"}
    return {**fields, **look, "default_language": "en", "time_zone": "Europe/Berlin", "is_always_open": "on", **more}


def save(admin: Client, site: Site, **more: Any) -> Any:
    told = {name: value for name, value in form(site, **more).items() if value is not None}
    return admin.post(reverse("admin:accounts_site_change", args=[site.pk]), told)


def test_what_is_typed_becomes_the_sites_values_and_comes_back(admin: Client, site: Site) -> None:
    typed = {
        "allowed_origins": "https://a.example\n\n https://b.example:8443 ",
        "text_en_greeting": "Welcome!",
        "colour": "#7A3B00",
        "position": "left",
        "mark": "茶",
        "is_always_open": None,
        "day_mon": "9:00-12:00，13:00–21:00",
        "exceptions": "2026-10-01\n2026-10-02 10:00-14:00",
    }
    assert save(admin, site, **typed).status_code == 302
    site.refresh_from_db()
    assert site.allowed_origins == ["https://a.example", "https://b.example:8443"]
    assert text_of(site, "en", "greeting") == "Welcome!"
    assert site.appearance == {"colour": "#7a3b00", "position": "left", "mark": "茶"}
    assert site.business_hours["weekly"]["mon"] == [["09:00", "12:00"], ["13:00", "21:00"]]
    assert site.business_hours["exceptions"][0] == {"date": "2026-10-01", "intervals": []}
    page = admin.get(reverse("admin:accounts_site_change", args=[site.pk])).content.decode()
    assert all(text in page for text in ("https://b.example:8443", "Welcome!", "#7a3b00", "09:00-12:00, 13:00-21:00", "2026-10-02 10:00-14:00"))


def test_always_open_forgets_the_hours(admin: Client, site: Site) -> None:
    Site.objects.update(business_hours={"weekly": {"mon": [["09:00", "10:00"]]}})
    save(admin, site, day_mon="09:00-10:00")
    site.refresh_from_db()
    assert site.business_hours == {}


def test_a_site_says_whether_the_model_may_see_personal_data(admin: Client, site: Site) -> None:
    assert site.hides_personal
    for typed, kept in ((None, False), ("on", True)):
        save(admin, site, hides_personal=typed)
        site.refresh_from_db()
        assert site.hides_personal is kept


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"allowed_origins": "https://a.example/path"}, "is no origin"),
        ({"languages": ["zh"]}, "not among"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"colour": "#ffee88"}, "hard to read"),
        ({"colour": "red"}, "Enter a valid value"),
        ({"is_always_open": None, "day_tue": "all day"}, "are no hours"),
        ({"is_always_open": None, "day_tue": "25:00-26:00"}, "are no hours"),
        ({"is_always_open": None, "exceptions": "soon"}, "cannot be read"),
        ({"text_en_greeting": "Hello {name}"}, "never filled in"),
        ({"key": "a b"}, "slug"),
    ],
)
def test_what_is_wrong_is_told(admin: Client, site: Site, wrong: dict[str, Any], words: str) -> None:
    page = save(admin, site, **wrong)
    assert page.status_code == 200
    assert words in page.content.decode()


def test_the_widget_looks_as_the_form_says(admin: Client, site: Site) -> None:
    save(admin, site, colour="#7a3b00", position="left", mark="茶")
    told = admin.get("/widget/look/tea")
    assert (told.json(), told["Access-Control-Allow-Origin"]) == ({"colour": "#7a3b00", "position": "left", "mark": "茶"}, "*")
    assert admin.get("/widget/look/nothing").status_code == 404


@pytest.mark.parametrize("stored", [None, {}, [], {"colour": 5}, {"colour": ""}])
def test_an_appearance_is_whole_whatever_is_stored(stored: Any) -> None:
    assert appearance_of(stored) == {"colour": "#1f6f54", "position": "right", "mark": ""}


def test_contrast_is_that_of_wcag() -> None:
    assert contrast_of("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_of("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


TIMES = st.times().map(lambda moment: moment.strftime("%H:%M"))


@given(st.lists(st.lists(TIMES, min_size=2, max_size=2), max_size=4))
def test_hours_are_read_as_they_are_written(intervals: list[list[str]]) -> None:
    assert intervals_read(intervals_written(intervals)) == intervals


INTERVALS = st.lists(st.lists(TIMES, min_size=2, max_size=2), max_size=2)


@given(st.lists(st.fixed_dictionaries({"date": st.dates().map(str), "intervals": INTERVALS}), max_size=3))
def test_exceptions_are_read_as_they_are_written(exceptions: list[dict[str, Any]]) -> None:
    assert exceptions_read(exceptions_written({"exceptions": exceptions})) == exceptions
