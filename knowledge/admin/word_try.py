"""The page on which a text is tried: how it is read step by step, which words stand in it, and what each direction would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.admin.rows import company_of, sites_of
from knowledge.contracts import Direction, Level
from knowledge.models import Word, WordRule
from knowledge.sensitive.matcher import Matcher
from knowledge.sensitive.steps import Match, Steps, matches_of, steps_of
from knowledge.word_names import DEEDS, DIRECTIONS, WHYS, category_name, level_name
from knowledge.words import word_filter

MAX_TEXT = 20_000
MOST_MATCHES = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A match in words: its list, its category, and what comes of it in each direction."""

    match: Match
    list_name: str
    category: str
    level: str
    outcomes: list[tuple[Any, str, Any, Any]]  # direction, level, who decided, deed


def try_page(admin: Any, request: HttpRequest) -> HttpResponse:
    """Nothing of the text is stored."""
    company = company_of(request)
    if company is None or not admin.has_view_permission(request):
        raise PermissionDenied
    text, wished = request.POST.get("text", "")[:MAX_TEXT], request.POST.get("site", "")
    sites = _sites(company, request)
    site = next((site for site in sites if str(site.pk) == wished), None)
    page = {**admin.admin_site.each_context(request), "title": _("Try the word lists"), "opts": admin.opts}
    context = {**page, "text": text, "sites": sites, "site": site}
    if text:
        matcher = word_filter(company, site.pk if site else None)
        context["steps"] = _steps_in_words(steps_of(text))
        context["rows"] = _rows(company, matcher, matches_of(text, matcher)[:MOST_MATCHES])
        context["verdicts"] = [(name, *_verdict(matcher, text, direction)) for direction, name in DIRECTIONS.items()]
    return render(request, "admin/knowledge/wordlist/try.html", context)


def _sites(company: Any, request: HttpRequest) -> list[Any]:
    model: Any = WordRule._meta.get_field("site").related_model
    own = model.objects.filter(company=company).order_by("name")
    return list(own.filter(pk__in=mine) if (mine := sites_of(request)) else own)


def _steps_in_words(steps: Steps) -> list[tuple[str, str, str]]:
    nothing = gettext("nothing")
    return [
        (gettext("as written"), steps.raw, ""),
        (gettext("without what cannot be seen"), steps.visible, gettext("dropped: %(what)s") % {"what": ", ".join(steps.dropped) or nothing}),
        (gettext("case, width and styles folded"), steps.folded, ""),
        (gettext("accents, look-alikes and traditional characters read as plain ones"), steps.letters, ""),
        (gettext("digits and signs read as the letters they may stand for"), steps.leet, ""),
        (gettext("as words are looked for"), steps.bare, gettext("skipped: %(what)s") % {"what": ", ".join(steps.skipped) or nothing}),
    ]


def _rows(company: Any, matcher: Matcher, matches: list[Match]) -> list[Row]:
    terms = [match.term.text for match in matches]
    own = Word.objects.filter(word_list__company=company, word_list__is_live=True, term__in=terms)
    lists = dict(own.values_list("term", "word_list__name"))
    return [
        Row(
            match,
            lists.get(match.term.text, gettext("shipped")),
            category_name(match.term.category),
            level_name(match.term.level),
            [] if match.spared_by else [_outcome(matcher, match, direction) for direction in Direction],
        )
        for match in matches
    ]


def _outcome(matcher: Matcher, match: Match, direction: Direction) -> tuple[Any, str, Any, Any]:
    level, why = matcher.level_of(match.term, direction)
    return DIRECTIONS[direction], level_name(level), WHYS[why], DEEDS[direction, level]


def _verdict(matcher: Matcher, text: str, direction: Direction) -> tuple[str, str, Any]:
    """Level, text and deed of the whole: nothing of what is withheld or not sent, the beginning of what is stopped."""
    verdict = matcher.check(text, direction)
    level, shown = verdict.level, verdict.text
    if level is None:
        return "", text, ""
    if direction is Direction.BOT:
        stream = matcher.open_stream(direction)
        shown = stream.feed(text) + stream.flush()
    elif level is Level.BLOCK or (direction is Direction.AGENT and level is Level.HAND_OVER):
        shown = ""
    return level_name(level), shown, DEEDS[direction, level]
