"""Reports and the engine's page: thin over figures, charts and gauges."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from csbot.accounts.callers import Caller, Right, caller_of
from csbot.lib.clock import now
from csbot.reports.charts import chart_of, charts_of, label_of, titles, wait_titles
from csbot.reports.engine import engine_now
from csbot.reports.figures import FIGURES, IN_HEADLINE, Figure, Point, Span, all_points, headline_of, items_of, points_of, value_of
from csbot.reports.forms import SpanForm
from csbot.reports.items import item_of, items_of_waits, prepared
from csbot.reports.times import WAITS, Waited, times_of, waits_of
from knowledge import facade as knowledge

PAGE = 50
PRESETS = (7, 30, 90)
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def for_callers(right: Right) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Signed in, of a company, and with the right; the view gets the caller. Anybody else is led to sign in, or told."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            caller = caller_of(request)
            if caller is None or not caller.may(right):
                return render(request, "dashboard/no_company.html", status=403)
            return view(request, caller, *args, **kwargs)

        return require_safe(never_cache(login_required(guarded)))

    return decorate


@for_callers("reports.read")
def reports(request: HttpRequest, caller: Caller) -> HttpResponse:
    form = SpanForm(request.GET, caller=caller)
    context: dict[str, Any] = {"form": form, "here": "reports"}
    if form.is_valid():
        span = form.span()
        points, earlier = all_points(span), span.before()
        form.show(span)
        context |= {
            "span": span,
            "query": request.GET.urlencode(),
            "charts": charts_of(points, _parameters(request), names_of(caller, points["faqs"])),
            "presets": presets(request, span),
            "headline": headline_of(span, points),
            "before": headline_of(earlier, all_points(earlier, IN_HEADLINE)),
            "times": times_of(span),
            "times_before": times_of(earlier),
        }
    return render(request, "reports/reports.html", context)


@for_callers("reports.read")
def items(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The rows behind a bar, newest first, each with the way to its conversation."""
    figure, span, value = _asked(request, caller)
    try:
        rows = items_of(figure, value, span)
    except (ValueError, TypeError, OverflowError) as error:
        raise Http404 from error
    page = Paginator(prepared(figure.kind, rows), PAGE).get_page(request.GET.get("page"))
    context = {
        "here": "reports",
        "page": page,
        "items": [item_of(figure.kind, row) for row in page.object_list],
        "title": f"{titles()[figure.key]}: {_label(caller, figure, value)}",
        "asked": urlencode({key: text for key, text in request.GET.items() if key != "page"}),
        "back": urlencode(_parameters(request)),
        "span": span,
    }
    return render(request, "reports/items.html", context)


@for_callers("reports.read")
def waits(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The waits behind a time, the longest first; `format=csv` saves all of them."""
    wait, form = request.GET.get("wait", ""), SpanForm(request.GET, caller=caller)
    if wait not in WAITS or not form.is_valid():
        raise Http404
    span = form.span()
    found = sorted(waits_of(span)[wait], key=lambda one: (one.seconds is None, one.seconds or 0), reverse=True)
    if request.GET.get("format") == "csv":
        return _waits_saved(wait, found, span)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "here": "reports",
        "page": page,
        "items": items_of_waits(list(page.object_list)),
        "title": wait_titles()[wait],
        "asked": urlencode({key: text for key, text in request.GET.items() if key != "page"}),
        "back": urlencode(_parameters(request)),
        "span": span,
        "has_seconds": True,
    }
    return render(request, "reports/items.html", context)


def _waits_saved(wait: str, found: Sequence[Waited], span: Span) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{wait}-{span.first}-{span.last}.csv"'
    writer = csv.writer(response)
    writer.writerow([_("conversation"), _("at"), _("seconds")])
    for one in found:
        at = one.at.astimezone(ZoneInfo(span.zone)).isoformat(timespec="seconds")
        writer.writerow([one.conversation, at, "" if one.seconds is None else one.seconds])
    return response


@for_callers("reports.read")
def export(request: HttpRequest, caller: Caller) -> HttpResponse:
    """A figure as CSV: the very points of its chart. With the mark that makes spreadsheets read UTF-8."""
    figure, span, _value = _asked(request, caller)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{figure.key}-{span.first}-{span.last}.csv"'
    writer = csv.writer(response)
    writer.writerow([_("value"), _("label"), _("number")])
    points = points_of(figure, span)
    chart = chart_of(figure, points, {}, names_of(caller, points) if figure.key == "faqs" else None)
    for bar, value in zip(chart.bars, chart.values, strict=True):
        writer.writerow([_harmless(str(value)), _harmless(bar.label), bar.count])
    return response


@require_safe
@never_cache
@login_required
def engine(request: HttpRequest) -> HttpResponse:
    """For operators and a company's administrators. The whole page, or only what changes (`?part=now`), which the page asks for every two seconds."""
    caller = caller_of(request)
    is_operator = getattr(request.user, "is_superuser", False)
    if not is_operator and not (caller and caller.may("company.manage")):
        return render(request, "dashboard/no_company.html", status=403)
    template = "reports/engine_now.html" if request.GET.get("part") == "now" else "reports/engine.html"
    now = engine_now(caller, is_operator=is_operator)
    return render(request, template, {"now": now, "here": "engine"})


def names_of(caller: Caller, points: Sequence[Point]) -> dict[str, str]:
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return knowledge.faq_questions(caller.company_id, [str(point.value) for point in points], language)


def _label(caller: Caller, figure: Figure, value: str) -> str:
    known = value_of(figure, value)
    return label_of(figure, known, names_of(caller, [Point(known, 0)]) if figure.key == "faqs" else None)


def presets(request: HttpRequest, span: Span) -> list[tuple[str, str, bool]]:
    """The usual spans: what they are called, their address, and whether it is the one that is shown."""
    today = now().astimezone(ZoneInfo(span.zone)).date()
    rest = {name: value for name, value in _parameters(request).items() if name not in ("first", "last")}
    found = []
    for days in PRESETS:
        first = today - timedelta(days=days - 1)
        is_shown = (span.first, span.last) == (first, today)
        found.append((_("%(n)s days") % {"n": days}, urlencode({**rest, "first": first, "last": today}), is_shown))
    return found


def _asked(request: HttpRequest, caller: Caller) -> tuple[Figure, Span, str]:
    form = SpanForm(request.GET, caller=caller)
    figure = FIGURES.get(request.GET.get("figure", ""))
    if figure is None or not form.is_valid():
        raise Http404
    return figure, form.span(), request.GET.get("value", "")


def _parameters(request: HttpRequest) -> dict[str, str]:
    return {name: value for name in SpanForm.base_fields if (value := request.GET.get(name))}


def _harmless(text: str) -> str:
    """A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(FORMULAS) and not text.removeprefix("-").isdecimal() else text
