"""How figures are written: shares in percent, seconds in people's units, numbers for styles without a locale's comma."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from csbot.lib.clock import now

register = template.Library()


@register.filter
def share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


@register.filter
def seconds(value: float | None) -> str:
    if value is None:
        return "–"
    if value < 10:
        return _("%(n)s s") % {"n": f"{value:.1f}"}
    if value < 100:
        return _("%(n)s s") % {"n": round(value)}
    return _("%(n)s min") % {"n": round(value / 60)} if value < 5400 else _("%(n)s h") % {"n": f"{value / 3600:.1f}"}


@register.filter
def tenth(value: float) -> str:
    return f"{value:.1f}"


@register.filter
def part(percent: float) -> str:
    """Of the whole, for styles that multiply with it."""
    return f"{percent / 100:.3f}"


@register.filter
def role_word(role: str) -> str:
    return {"answers": _("answers"), "generation": _("generation"), "background": _("background")}.get(role, role)


@register.filter
def tenth_of_percent(value: float) -> str:
    return f"{100 * value:.1f}"


@register.filter
def at(table: Mapping[str, Any], key: str) -> Any:
    return table.get(key)


@register.filter
def beat(at: float) -> str:
    """When a worker last gave a sign of life, from Unix seconds."""
    return _("heard %(n)s s ago") % {"n": max(0, round(now().timestamp() - at))}


@register.filter
def state_word(state: str) -> str:
    return {"ready": _("ready"), "loading": _("loading"), "down": _("down")}.get(state, state)
