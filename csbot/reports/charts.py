"""Figures as they are drawn: labels in the reader's language and heights in percent. The drawing itself is HTML and CSS.

No script and no chart library: a bar is a link to the rows behind it, a screen reader reads the same list, and nothing moves while it loads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from csbot.reports.figures import FIGURES, Figure, Point


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    count: int
    percent: float  # of the longest bar
    share: float  # of all
    query: str  # what leads to the rows behind it


@dataclass(frozen=True, slots=True)
class Chart:
    key: str
    title: str
    bars: list[Bar]
    values: list[Any]  # what the bars stand for, in their order
    total: int
    is_time: bool


def titles() -> dict[str, str]:
    return {
        "conversations": _("Conversations a day"),
        "messages": _("Visitors' messages a day"),
        "routes": _("How messages were answered"),
        "lost": _("Messages that got no answer"),
        "handoffs": _("Why people were needed"),
        "ratings": _("Ratings"),
        "faqs": _("FAQs that answered most"),
        "cached": _("Answers from the cache"),
        "cache_checks": _("Cached answers, worked out again to check them"),
        "unanswered": _("Unanswered messages a day"),
        "sites": _("Conversations by site"),
        "languages": _("Conversations by language"),
    }


def wait_titles() -> dict[str, str]:
    return {
        "first": _("First response"),
        "bot": _("The bot's answer takes"),
        "waiting": _("Wait for a person"),
        "person": _("A person's first reply"),
    }


def chart_of(figure: Figure, points: Sequence[Point], parameters: dict[str, str], names: Mapping[str, str] | None = None) -> Chart:
    """`names`: the questions of FAQs by their keys."""
    total = sum(point.count for point in points)
    longest = max((point.count for point in points), default=0) or 1
    bars = []
    for point in points:
        label, query = label_of(figure, point.value, names), _query(figure, point, parameters)
        bars.append(Bar(label, point.count, 100 * point.count / longest, point.count / (total or 1), query))
    return Chart(figure.key, titles()[figure.key], bars, [point.value for point in points], total, figure.group == "day")


def charts_of(points: Mapping[str, Sequence[Point]], parameters: dict[str, str], names: Mapping[str, str]) -> list[Chart]:
    return [chart_of(figure, points[figure.key], parameters, names) for figure in FIGURES.values()]


def _query(figure: Figure, point: Point, parameters: dict[str, str]) -> str:
    return urlencode({**parameters, "figure": figure.key, "value": str(point.value)})


def label_of(figure: Figure, value: Any, names: Mapping[str, str] | None = None) -> str:
    if figure.key == "faqs":
        return (names or {}).get(value, value)
    if isinstance(value, date):
        return date_format(value, "m-d")
    words: dict[str, dict[Any, str]] = {
        "routes": {
            "answer": _("answered from a FAQ or a lookup"),
            "clarify": _("asked back"),
            "generate": _("generated"),
            "handoff": _("handed over"),
            "refuse": _("not answered"),
            "chitchat": _("small talk"),
        },
        "handoffs": {
            "requested": _("asked for a person"),
            "complaint": _("a complaint"),
            "safety": _("a listed word"),
            "taken_over": _("taken over by an agent"),
            "transferred": _("transferred"),
        },
        "lost": {"failed": _("failed"), "cancelled": _("stopped by the visitor or a person")},
        "ratings": {1: _("helpful"), -1: _("not helpful")},
        "cached": {True: _("from the cache"), False: _("worked out anew")},
        "cache_checks": {"same": _("still the answer"), "other": _("not the answer any more")},
        "languages": {"zh": _("Chinese"), "en": _("English"), "": _("unknown")},
    }
    return str(words.get(figure.key, {}).get(value, value))
