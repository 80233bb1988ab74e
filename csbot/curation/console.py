"""A turn's trace as the console shows it: bars, words, cuts, guards, timings. Whatever a router writes is shown: what it measures has a name
here or is called by its own.

Knows the shape of traces. Does not know rows, forms or pages.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from csbot.conversations.explaining import route_in_words, trace_in_words
from csbot.conversations.models import Turn
from csbot.curation.names import feature_name, guard_name, promise_word, stage_name
from knowledge import facade as knowledge
from knowledge.facade import shared_pieces

MOST_CANDIDATES = 5
SHOWN_APART = ("candidates", "signs", "cut", "cuts", "guards", "band", "reason", "asked", "first", "three", "scope", "options", "vector")


@dataclass(frozen=True, slots=True)
class Bar:
    """`width` of 100; `below` where the number is less than nothing."""

    name: str
    value: float
    width: float
    below: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A cut: the chance that an answer under this promise must have, and how far this question is from it."""

    name: str
    cut: float
    distance: float
    is_reached: bool
    is_now: bool
    place: float  # of 100
    never: bool  # no chance reaches it: exact matches only


@dataclass(frozen=True, slots=True)
class Shown:
    """One candidate: `asked` and `variant` are pieces of text with the words that both have marked."""

    faq: str
    chance: float
    percent: float
    asked: list[tuple[str, bool]]
    variant: list[tuple[str, bool]]
    features: list[Bar]


def console_of(turn: Turn) -> dict[str, Any]:
    """The page's context for an ended turn."""
    trace: Mapping[str, Any] = turn.trace.data if hasattr(turn, "trace") else {}
    match: Mapping[str, Any] = trace.get("faq") or {}
    asked = str(match.get("asked") or turn.question.text)
    return {
        "outcome": route_in_words({"route": turn.route, "reason": turn.reason, **trace}) if turn.route else turn.get_state_display(),
        "steps": trace_in_words(trace),
        "asked_as": asked if asked != turn.question.text else "",
        "candidates": [_candidate(item, asked) for item in (match.get("candidates") or [])[:MOST_CANDIDATES]],
        "lines": _lines(turn, match),
        "signs": bars_of(match.get("signs")),
        "chances": bars_of({name: match[name] for name in ("first", "three", "scope") if name in match}),
        "guards": _guards(match),
        "intent": _intent(trace.get("intent")),
        "evidence": turn.decision.get("evidence") or [],
        "rung": trace.get("rung"),
        "cache": trace.get("cache"),
        "filter": (trace.get("filter") or {}).get("hits") or [],
        "timings": bars_of(trace.get("ms"), name=stage_name, scale=None),
        "rest": _rest(match),
        "raw": json.dumps(_readable(trace), ensure_ascii=False, indent=1, default=str)[:60_000],
    }


def _readable(trace: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without vectors, which are for machines."""
    kept = trace.get("replay") or {}
    return {**trace, "replay": {name: value for name, value in kept.items() if name != "vectors"}} if kept else trace


# --- candidates and numbers ------------------------------------------------------------------------------------------


def _candidate(item: Mapping[str, Any], asked: str) -> Shown:
    variant, chance = str(item.get("variant") or ""), _number(item.get("p")) or 0.0
    return Shown(
        faq=str(item.get("faq") or ""),
        chance=chance,
        percent=_percent(chance),
        asked=shared_pieces(asked, variant),
        variant=shared_pieces(variant, asked),
        features=bars_of(item.get("features")),
    )


def bars_of(numbers: Any, *, name: Any = feature_name, scale: float | None = 1.0) -> list[Bar]:
    """Of any mapping of names to numbers. Without a scale the largest fills the width."""
    if not isinstance(numbers, Mapping):
        return []
    found = {str(key): number for key, value in numbers.items() if (number := _number(value)) is not None}
    whole = scale or max((abs(value) for value in found.values()), default=1.0) or 1.0
    return [Bar(name(key), value, min(100.0, 100 * abs(value) / whole), value < 0) for key, value in found.items()]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value) else None


def _percent(value: float) -> float:
    return round(100 * min(1.0, max(0.0, value)), 1)


# --- cuts ------------------------------------------------------------------------------------------------------------


def _lines(turn: Turn, match: Mapping[str, Any]) -> list[Line]:
    candidates = match.get("candidates") or []
    chance = _number(match.get("first", candidates[0].get("p") if candidates else None))
    if chance is None:
        return []
    base = turn.conversation.site.knowledge_base_id
    promises = knowledge.promises_read(base)
    of_now = promises.of_faq(str(candidates[0].get("faq") or "")) if candidates else promises.base
    cuts = _cuts(turn, match, promises.snapshot)
    if not cuts and (cut := _number(match.get("cut"))) is not None:
        cuts = {of_now: cut}
    return [
        Line(promise_word(promise), cut, round(chance - cut, 4), chance >= cut, promise == of_now, _percent(cut), cut > 1)
        for promise, cut in sorted(cuts.items())
    ]


def _cuts(turn: Turn, match: Mapping[str, Any], published: str) -> dict[int, float]:
    named = match.get("cuts")
    if isinstance(named, Mapping):
        told = {int(key): number for key, value in named.items() if str(key).isdigit() and (number := _number(value)) is not None}
        if told:
            return told
    kept = knowledge.snapshot_cuts([turn.snapshot, published])
    return dict((kept.get(turn.snapshot) or kept.get(published) or {}).get(turn.question.language, {}))


# --- guards and intent -----------------------------------------------------------------------------------------------


def _guards(match: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, what it objected to) of each that spoke."""
    told = match.get("guards")
    found: dict[str, str] = {}
    if isinstance(told, Mapping):
        found = {str(name): in_text(what) for name, what in told.items() if what}
    elif isinstance(told, list):
        for item in told:
            name = str(item.get("name") or item.get("guard") or "") if isinstance(item, Mapping) else str(item)
            found[name] = in_text({key: value for key, value in item.items() if key not in ("name", "guard")}) if isinstance(item, Mapping) else ""
    reason, _colon, name = str(match.get("reason") or "").partition(":")
    if reason == "guard" and name:
        found.setdefault(name, "")
    return [(guard_name(name), what) for name, what in found.items() if name]


def in_text(value: Any) -> str:
    """Any JSON as one line for people."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {in_text(part)}" for key, part in value.items() if part not in (None, "", [], {}))
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(in_text(part) for part in value)
    return "" if value is True else str(value)


def _intent(intent: Any) -> dict[str, Any] | None:
    if not isinstance(intent, Mapping):
        return None
    by = {"phrase": _("a phrase"), "examples": _("examples"), "none": _("nothing else fits")}.get(str(intent.get("by")), str(intent.get("by") or ""))
    action = {
        "question": _("goes on to the FAQs"),
        "chitchat": _("small talk"),
        "handoff": _("put through to a person"),
        "refuse": _("out of scope: decline politely"),
    }.get(str(intent.get("action")), str(intent.get("action") or ""))
    rest = {key: value for key, value in intent.items() if key not in ("key", "action", "p", "by")}
    return {"key": intent.get("key"), "action": action, "percent": _percent(_number(intent.get("p")) or 0.0), "by": by, "rest": in_text(rest)}


def _rest(match: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a router of another version notes besides."""
    rest = {key: value for key, value in match.items() if key not in SHOWN_APART and value not in (None, "", [], {})}
    return [(feature_name(key), _short(in_text(value) or "✓")) for key, value in rest.items()]


def _short(text: str) -> str:
    return re.sub(r"\s+", " ", text)[:300]
