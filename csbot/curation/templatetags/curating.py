"""How curation's pages write figures and names."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from csbot.curation import names
from csbot.curation.trials import verdict_word as word_of_verdict

register = template.Library()
register.filter("outcome_word", names.outcome_word)
register.filter("promise_word", names.promise_word)
register.filter("way_word", names.way_word)
register.filter("verdict_word", word_of_verdict)


@register.filter
def of_100(share: float | None) -> str:
    """A share as so many of a hundred."""
    return "–" if share is None else f"{100 * share:.1f}"


@register.filter
def decimals(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


@register.filter
def signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


@register.filter
def judged_word(verdict: str) -> str:
    return {"right": _("correct"), "wrong": _("wrong"), "other": _("another FAQ is right"), "skipped": _("skipped")}.get(verdict, verdict)


@register.filter
def route_word(route: str) -> str:
    return {
        "answer": _("answered directly"),
        "clarify": _("asked back"),
        "generate": _("generated"),
        "handoff": _("handed over"),
        "refuse": _("refused"),
        "chitchat": _("small talk"),
        "failed": _("failed"),
    }.get(route, route)


@register.simple_tag
def stacked(shares: list[tuple[Any, int, float]]) -> list[tuple[str, str, str]]:
    """(name, beginning, width) of each part of a bar of 100."""
    parts, start = [], 0.0
    for name, _count, share in shares:
        parts.append((str(name), f"{start:.2f}", f"{100 * share:.2f}"))
        start += 100 * share
    return parts
