"""When a site's people work: lunch, nights, holidays, and days that are not 24 hours long."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from csbot.accounts.hours import is_open, next_opening

SHANGHAI = "Asia/Shanghai"
NEW_YORK = "America/New_York"
SHOP = {
    "weekly": {"mon": [["09:00", "12:00"], ["13:00", "21:00"]], "fri": [["22:00", "02:00"]]},
    "exceptions": [{"date": "2026-10-05", "intervals": []}, {"date": "2026-10-06", "intervals": [["10:00", "11:00"]]}],
}


def at(text: str, zone: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23 08:59", False),
        ("2026-11-23 09:00", True),
        ("2026-11-23 12:00", False),  # lunch begins
        ("2026-11-23 13:00", True),
        ("2026-11-23 21:00", False),
        ("2026-11-24 10:00", False),  # a Tuesday
        ("2026-11-27 23:30", True),
        ("2026-11-28 01:59", True),  # still Friday's night
        ("2026-11-28 02:00", False),
        ("2026-10-05 10:00", False),  # a holiday on a Monday
        ("2026-10-06 10:30", True),  # a Tuesday that is worked
    ],
)
def test_a_shop_with_lunch_nights_and_holidays(moment: str, expected: bool) -> None:
    assert is_open(SHOP, SHANGHAI, at(moment)) is expected


def test_no_hours_mean_always() -> None:
    assert is_open({}, SHANGHAI, at("2026-01-01 03:00"))
    assert next_opening({}, SHANGHAI, at("2026-01-01 03:00")) is None


def test_the_next_opening_passes_over_lunch_and_holidays() -> None:
    assert next_opening(SHOP, SHANGHAI, at("2026-11-23 12:30")) == at("2026-11-23 13:00")
    assert next_opening(SHOP, SHANGHAI, at("2026-10-05 10:00")) == at("2026-10-06 10:00")
    assert next_opening({"weekly": {}}, SHANGHAI, at("2026-11-23 12:30")) is None


def test_hours_are_those_of_the_clock_when_summer_time_ends() -> None:
    """1 November 2026 has 25 hours in New York: noon to one is one hour, and a night shift is an hour longer."""
    night = {"weekly": {"sat": [["22:00", "06:00"]]}}
    assert is_open(night, NEW_YORK, at("2026-11-01 05:59", NEW_YORK))
    assert not is_open(night, NEW_YORK, at("2026-11-01 06:00", NEW_YORK))
