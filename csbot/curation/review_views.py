"""Checking real answers, one after the other. Thin over curation.reviewing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from csbot.accounts.callers import Caller
from csbot.curation.doors import base_door, bases
from csbot.curation.forms import faq_named
from csbot.curation.promising import Scope, choices_of
from csbot.curation.reviewing import Way, asking_judge, asking_of, checked_of, may_audit, next_asking
from csbot.curation.sampled import turns_seen
from knowledge import facade as knowledge

SHOWN = 12


@require_safe
@login_required
def review_first(request: HttpRequest) -> HttpResponse:
    own = bases(request, "knowledge.edit")
    if not own:
        raise Http404
    return redirect("review", own[0][0])


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    caller, base = base_door(request, pk, "knowledge.edit")
    checked = checked_of(pk)
    cuts = knowledge.snapshot_cuts({row["snapshot"] for row in checked})
    now = next(one for one in choices_of(Scope(knowledge.promises_read(pk)), [], checked, cuts=cuts, held_out={}) if one.is_now)
    way = _way(request, "near" if now.proof.state == "proven" else "audit", may_audit(pk, caller))
    if request.method == "POST":
        _judged(request, pk, caller, way)
        return redirect(f"{reverse('review', args=[pk])}?way={way}")
    context = {
        "here": "review",
        "base": base,
        "way": way,
        "may_audit": may_audit(pk, caller),
        "asking": next_asking(pk, caller, way),
        "titles": knowledge.faq_titles(pk),
        "choice": now,
        "num_by_people": sum(row["source"] in ("audit", "near", "console") for row in checked),
        "num_signs": sum(row["source"] in ("click", "thumb") for row in checked),
        "last": _last(caller, checked),
    }
    return render(request, "curation/review.html", context)


def _last(caller: Caller, checked: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    by_people = [row for row in checked if row["source"] in ("audit", "near", "console")]
    seen = turns_seen(caller, (row["turn"] for row in by_people))
    return [row for row in by_people if row["turn"] in seen][:SHOWN]


def _way(request: HttpRequest, helps_most: Way, is_audit_open: bool) -> Way:
    """What is asked for, else what helps most: blind draws while there is something to prove, then what lies near the line."""
    told: Any = request.POST.get("way") or request.GET.get("way")
    way: Way = told if told in ("audit", "near") else helps_most
    return way if is_audit_open else "near"


def _judged(request: HttpRequest, pk: UUID, caller: Caller, way: Way) -> None:
    try:
        turn = UUID(request.POST.get("turn", ""))
    except ValueError as error:
        raise Http404 from error
    if not turns_seen(caller, [turn]):
        raise Http404
    if request.POST.get("verdict") == "undo":
        knowledge.answer_uncheck(pk, turn, way)
        return
    asking = asking_of(pk, caller, turn)
    if asking is None or (way == "audit" and not asking.asked.is_direct):
        raise Http404
    verdict: Any = request.POST.get("verdict")
    named = request.POST.get("faq", "").strip()
    right_faq = faq_named(knowledge.faq_titles(pk), named) if verdict == "wrong" and named else ""
    if verdict not in ("right", "wrong", "skipped") or right_faq is None:
        messages.error(request, _("There is no such FAQ. Choose one of the list."))
        return
    asking_judge(base=pk, caller=caller, one=asking.asked, source=way, verdict=verdict, right_faq=right_faq)
