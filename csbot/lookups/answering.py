"""The pipeline's stage: a message that a lookup answers becomes a decision; every other message goes on.

A missing value is asked for (route `clarify`); what was asked for stands in the turn's decision, and the next message may fill it in.
A system that fails is said to have failed, with a person offered; nothing is made up and nothing of it is cached.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Count, Max

from csbot.accounts.models import Site
from csbot.conversations.contracts import Decision
from csbot.conversations.events import Language
from csbot.lookups.calling import lookup_call, told
from csbot.lookups.checking import VISITOR
from csbot.lookups.matching import Judge, Shape, SlotShape, Wish, values_in, wish_of
from csbot.lookups.models import Lookup
from knowledge import facade as knowledge
from knowledge.contracts import Knowledge

Examples = tuple[tuple[str, str], ...]  # (lookup's key, text)


def lookups_of(site: Site) -> list[Lookup]:
    rows = Lookup.objects.filter(company=site.company_id, is_active=True).select_related("company").prefetch_related("slots")
    return [lookup for lookup in rows if lookup.site_id in (None, site.pk)]


def lookups_version(site: Site) -> str:
    """Changes with every lookup of the company: what one of them answers from now on, no FAQ does."""
    told = Lookup.objects.filter(company=site.company_id, is_active=True).aggregate(number=Count("pk"), last=Max("changed"))
    return f"{told['number']}-{told['last'].isoformat() if told['last'] else ''}"


def look_up(
    text: str, language: Language, *, site: Site, opened: Knowledge, pending: Mapping[str, Any] | None, trace: dict[str, Any], visitor: str = ""
) -> Decision | None:
    """`visitor`: the company's own number for who asks, where it vouched for them.

    `pending` is the lookup of the turn before: {"key", "values", "wanted"}; nothing wanted means that it was answered.
    """
    lookups = {lookup.key: lookup for lookup in lookups_of(site)}
    if not lookups:
        return None
    shapes = [shape_of(lookup) for lookup in lookups.values()]
    wish = _wish(text, shapes, judge_of(opened, shapes), pending)
    if wish is None:
        return None
    trace["lookup"] = {"key": wish.key, "values": dict(wish.values), "lead": None if wish.lead is None else round(wish.lead, 4)}
    return _decided(lookups[wish.key], wish, language, trace["lookup"], visitor)


def shape_of(lookup: Lookup) -> Shape:
    slots = tuple(SlotShape(slot.name, slot.pattern, slot.sample) for slot in lookup.slots.all())
    return Shape(lookup.key, slots, (*lookup.examples("zh"), *lookup.examples("en")))


def lookups_prepare() -> None:
    """What the first visitor after a start, a publishing or a changed lookup would wait for."""
    for site in Site.objects.filter(is_active=True, company__lookups__is_active=True, knowledge_base__published_snapshot__isnull=False).distinct():
        opened = knowledge.open_knowledge(str(site.knowledge_base_id))
        for examples in _examples([shape_of(lookup) for lookup in lookups_of(site)]):
            opened.prepare_examples(examples)


def _examples(shapes: Sequence[Shape]) -> tuple[Examples, Examples]:
    """As they are said, and without their values."""
    spoken = tuple((shape.key, example) for shape in shapes for example in shape.spoken_examples())
    bare = tuple((shape.key, example) for shape in shapes for example in shape.bare_examples())
    return spoken, bare


def judge_of(opened: Knowledge, shapes: Sequence[Shape]) -> Judge:
    spoken, bare = _examples(shapes)
    return Judge(lambda text: opened.nearest_example(spoken, text), lambda text: opened.nearest_example(bare, text))


def _wish(text: str, shapes: Sequence[Shape], judge: Judge, pending: Mapping[str, Any] | None) -> Wish | None:
    """A value that was asked for is taken; "and when will it come?" after an answer means the same values once more."""
    before = next((shape for shape in shapes if pending and shape.key == pending["key"]), None)
    if before is None or pending is None:
        return wish_of(text, shapes, judge)
    values = values_in(text, before.slots)
    if pending["wanted"] and pending["wanted"] in values:
        return Wish(before.key, {**pending["values"], **values}, None)
    answered = "" if pending["wanted"] else before.key
    wish = wish_of(text, shapes, judge, before=answered)
    return replace(wish, values={**pending["values"], **wish.values}) if wish and wish.key == answered else wish


def _decided(lookup: Lookup, wish: Wish, language: Language, trace: dict[str, Any], visitor: str) -> Decision:
    kept = {"key": wish.key, "values": dict(wish.values), "wanted": ""}
    if lookup.needs_identity and not visitor:
        trace["wanted"] = VISITOR
        return Decision("clarify", "lookup", language, words="sign_in", offers_handoff=True, lookup=kept)
    missing = next((slot for slot in lookup.slots.all() if slot.name not in wish.values), None)
    if missing is not None:
        trace["wanted"] = missing.name
        return Decision("clarify", "lookup", language, text=missing.question(language), lookup={**kept, "wanted": missing.name})
    values = {**wish.values, VISITOR: visitor} if lookup.needs_identity else wish.values
    called = lookup_call(lookup, values)
    trace |= {"outcome": called.outcome, "status": called.status, "ms": called.ms, "why": called.why}
    if called.outcome == "unknown" and (words := told(lookup.unknown(language), values)):
        return Decision("answer", "lookup", language, text=words, sources=_sources(lookup), offers_handoff=True, lookup=kept)
    text = told(lookup.answer(language), {**values, **called.fields}) if called.outcome == "found" else None
    if text is None:
        return Decision("refuse", "no_evidence", language, words="lookup_failed", offers_handoff=True)
    return Decision("answer", "lookup", language, text=text, sources=_sources(lookup), lookup=kept)


def _sources(lookup: Lookup) -> Any:
    return ({"type": "lookup", "id": lookup.key, "title": lookup.key, "url": ""},)
