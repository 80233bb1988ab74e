"""Business hours: whether a site's people work at a moment, and when they will next. Plain values; knows no rows.

{"weekly": {"mon": [["09:00", "12:00"], ["13:00", "21:00"]], …}, "exceptions": [{"date": "2026-10-01", "intervals": []}]}; an empty
dict means always open. An interval whose end is not after its start ends on the next day ("22:00" to "02:00"; "00:00" to "00:00" is a whole
day). An exception takes the place of its date's weekly hours. Times are those of the site's zone, also on days that are 23 or 25 hours long.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 60


def is_open(hours: Mapping[str, Any], zone: str, moment: datetime) -> bool:
    """`moment` is aware, in any zone."""
    if not hours:
        return True
    today = moment.astimezone(ZoneInfo(zone)).date()
    return any(start <= moment < end for day in (today - timedelta(days=1), today) for start, end in _spans(hours, zone, day))


def next_opening(hours: Mapping[str, Any], zone: str, moment: datetime) -> datetime | None:
    """The next moment at which work begins; None where it is open now, or closed for the next two months."""
    if is_open(hours, zone, moment):
        return None
    today = moment.astimezone(ZoneInfo(zone)).date()
    days = (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD_DAYS))
    return next((start for day in days for start, _ in sorted(_spans(hours, zone, day)) if start > moment), None)


def _spans(hours: Mapping[str, Any], zone: str, day: date) -> Iterator[tuple[datetime, datetime]]:
    for start, end in _intervals(hours, day):
        last_day = day if end > start else day + timedelta(days=1)
        yield _at(day, start, zone), _at(last_day, end, zone)


def _intervals(hours: Mapping[str, Any], day: date) -> list[tuple[time, time]]:
    exceptions = {exception["date"]: exception["intervals"] for exception in hours.get("exceptions", [])}
    texts = exceptions.get(day.isoformat(), hours.get("weekly", {}).get(DAYS[day.weekday()], []))
    return [(time.fromisoformat(start), time.fromisoformat(end)) for start, end in texts]


def _at(day: date, clock: time, zone: str) -> datetime:
    """In UTC, because two aware moments of one zone compare by their clocks, which lie when summer time ends."""
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
