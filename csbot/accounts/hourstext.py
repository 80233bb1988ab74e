"""Business hours as people write them: "09:00-12:00, 13:00-21:00" for a day, "2026-10-01 10:00-14:00" for an exception."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django.utils.translation import gettext_lazy as _

DAY_NAMES = {
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
    "sun": _("Sunday"),
}
INTERVAL = re.compile(r"(\d{1,2}:\d{2})\s*[-–—~至]\s*(\d{1,2}:\d{2})")
Intervals = list[list[str]]


def intervals_read(text: str) -> Intervals:
    """Raises ValueError with the part that is none. "24:00" is the midnight at the end."""
    return [_interval(part.strip()) for part in re.split(r"[,，;；、]", text) if part.strip()]


def _interval(part: str) -> list[str]:
    found = INTERVAL.fullmatch(part)
    if found is None:
        raise ValueError(part)
    return [_clock(clock, part) for clock in found.groups()]


def _clock(clock: str, part: str) -> str:
    hours, minutes = clock.split(":")
    try:
        return time(int(hours) % 24 if clock == "24:00" else int(hours), int(minutes)).strftime("%H:%M")
    except ValueError as error:
        raise ValueError(part) from error


def intervals_written(intervals: Intervals) -> str:
    return ", ".join(f"{start}-{end}" for start, end in intervals)


def exceptions_read(text: str) -> list[dict[str, Any]]:
    """Raises ValueError with the line that cannot be read."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        day, _, hours = line.partition(" ")
        try:
            found.append({"date": date.fromisoformat(day).isoformat(), "intervals": intervals_read(hours)})
        except ValueError as error:
            raise ValueError(line) from error
    return found


def exceptions_written(hours: Mapping[str, Any]) -> str:
    lines = (f"{one['date']} {intervals_written(one['intervals'])}".strip() for one in hours.get("exceptions", []))
    return "\n".join(lines)
