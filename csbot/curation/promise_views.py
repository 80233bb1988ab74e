"""The promise of a knowledge base, and what each would do to its real questions. Thin over curation.promising."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from csbot.accounts.audit import audit_write
from csbot.curation.doors import base_door, bases
from csbot.curation.promising import CHOICES, Scope, choices_of
from csbot.curation.reviewing import checked_of
from csbot.curation.sampled import DAYS, asked_of
from knowledge import facade as knowledge


@require_safe
@login_required
def promise_first(request: HttpRequest) -> HttpResponse:
    """To the first base of theirs."""
    own = bases(request, "knowledge.edit")
    if not own:
        raise Http404
    return redirect("promise", own[0][0])


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def promise(request: HttpRequest, pk: UUID) -> HttpResponse:
    caller, base = base_door(request, pk, "knowledge.edit")
    if request.method == "POST":
        return _set(request, pk, base.name)
    promises = knowledge.promises_read(pk)
    category = request.GET.get("category", "")
    scope = Scope(promises, category if category in promises.categories else "")
    asked, checked = asked_of(pk, caller), checked_of(pk)
    cuts = knowledge.snapshot_cuts({row["snapshot"] for row in checked})
    # What the calibration held out is of all FAQs together: it says nothing of some of them.
    held_out = {} if scope.category or promises.of_category else knowledge.held_out(pk)
    counts: dict[str, int] = {}
    for one in asked:
        name = promises.category_of.get(one.faq, "")
        counts[name] = counts.get(name, 0) + 1
    context = {
        "here": "promise",
        "base": base,
        "promises": promises,
        "scope": scope,
        "choices": choices_of(scope, asked, checked, cuts=cuts, held_out=held_out),
        "categories": [(name, number, counts.get(name, 0), promises.of_category.get(name, 0)) for name, number in promises.categories.items()],
        "promise_choices": CHOICES,
        "num_asked": sum(scope.has(one.faq) for one in asked),
        "num_of_now": sum(one.snapshot == promises.snapshot for one in asked),
        "days": DAYS,
    }
    return render(request, "curation/promise.html", context)


def _set(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    known = knowledge.promises_read(pk)
    try:
        base = int(request.POST.get("promise", ""))
        of_category = _of_category(request, known.categories, known.of_category)
        changed = knowledge.promises_set(pk, base=base, of_category=of_category)
    except ValueError:
        messages.error(request, _("Choose careful, balanced or eager."))
        return redirect("promise", pk)
    if changed:
        company = knowledge.company_of_base(pk)
        assert company
        changes = {"promise": base, "categories": of_category}
        audit_write(company_id=company, who=request.user, action="promise_set", name=name, changes=changes, request=request)  # type: ignore[arg-type]
        messages.success(request, _("The promise is kept. Publish to let it count."))
    return redirect("promise", pk)


def _of_category(request: HttpRequest, known: Iterable[str], before: Mapping[str, int]) -> dict[str, int]:
    """By the names that the page showed, because categories come and go meanwhile: one that it did not show keeps its promise."""
    told = zip(request.POST.getlist("category"), map(int, request.POST.getlist("own")), strict=True)
    chosen = {**before, **dict(told)}
    return {category: chosen[category] for category in known if chosen.get(category)}
