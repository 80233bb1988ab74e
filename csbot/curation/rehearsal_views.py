"""Before publishing: which real questions would be answered differently, and the button that publishes just that. Thin over curation.rehearsing."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from csbot.accounts.audit import audit_write
from csbot.accounts.callers import Caller
from csbot.curation.doors import base_door, bases
from csbot.curation.models import Rehearsal
from csbot.curation.rehearsing import MOST_QUESTIONS, is_silent, rehearsal_last, rehearsal_leave, rehearsal_publish, rehearsal_send, rehearsal_start
from csbot.curation.sampled import turns_seen
from knowledge import facade as knowledge

PAGE = 50


@require_safe
@login_required
def rehearsal_first(request: HttpRequest) -> HttpResponse:
    """To the first base of theirs."""
    own = bases(request, "knowledge.edit")
    if not own:
        raise Http404
    return redirect("rehearsal", own[0][0])


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def rehearsal(request: HttpRequest, pk: UUID) -> HttpResponse:
    caller, base = base_door(request, pk, "knowledge.edit")
    last = rehearsal_last(pk)
    if request.method == "POST":
        _deed(request, caller, pk, last)
        return redirect("rehearsal", pk)
    published = knowledge.published_snapshot(pk)
    context = {
        "here": "rehearsal",
        "base": base,
        "most": MOST_QUESTIONS,
        "is_published": bool(published),
        "has_edits": knowledge.is_newer_than_published(pk),
        "last": last,
    }
    return render(request, "curation/rehearsal.html", {**context, **(_found(request, caller, last, published) if last else {})})


def _found(request: HttpRequest, caller: Caller, last: Rehearsal, published: str) -> dict[str, object]:
    seen = turns_seen(caller, (change["turn"] for change in last.changes))
    shown = [change for change in last.changes if UUID(change["turn"]) in seen]
    return {
        "is_silent": is_silent(last),
        "error": knowledge.error_in_words(last.error) if last.error else "",
        "is_unchanged": bool(last.draft) and last.draft == last.published,
        "is_outdated": last.state == Rehearsal.State.DONE and last.published != published,
        "edited_since": last.edits_until is not None and knowledge.is_edited_since(last.knowledge_base_id, last.edits_until),
        "ways": Counter((change["before"]["route"], change["after"]["route"]) for change in last.changes).most_common(),
        "num_hidden": len(last.changes) - len(shown),
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
    }


def _deed(request: HttpRequest, caller: Caller, pk: UUID, last: Rehearsal | None) -> None:
    deed = request.POST.get("deed", "")
    if deed == "start":
        if not knowledge.is_published(pk):
            messages.error(request, _("Nothing is published yet, so there is nothing to compare with."))
        elif rehearsal_start(caller=caller, base=pk) is None:
            messages.warning(request, _("A comparison is going on already."))
    elif last is None or request.POST.get("rehearsal") != str(last.pk):
        messages.warning(request, _("Somebody has compared anew meanwhile; this is what came of it."))
    elif deed == "go_on" and is_silent(last):
        rehearsal_send(last)
    elif deed == "leave":
        rehearsal_leave(last)
        messages.success(request, _("Nothing was published. What you edited is kept."))
    elif deed == "publish" and last.state == Rehearsal.State.DONE:
        _publish(request, caller, last)


def _publish(request: HttpRequest, caller: Caller, last: Rehearsal) -> None:
    if why := rehearsal_publish(last, actor=request.user.get_username()):
        messages.error(request, why)
        return
    changes = {"snapshot": last.draft_name, "changed": len(last.changes), "same": last.num_same}
    audit_write(company_id=caller.company_id, who=request.user, action="rehearsal_publish", name=last.draft_name, changes=changes, request=request)  # type: ignore[arg-type]
    messages.success(request, _("Published: visitors are answered from it now."))
