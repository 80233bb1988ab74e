"""Many questions at once: a file of them, or a base's gold cases, and what came of it. Thin over curation.trials."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from csbot.accounts.callers import Caller
from csbot.accounts.models import Site
from csbot.curation.doors import base_door, bases, caller_at, sites
from csbot.curation.forms import GoldForm, UploadForm, faq_named
from csbot.curation.models import Trial
from csbot.curation.trials import NONE, is_silent, trial_as_table, trial_send, trial_start, trials_of
from knowledge import facade as knowledge

PAGE = 50


def _trial(request: HttpRequest, pk: UUID) -> Trial:
    own = sites(request, "knowledge.edit")
    trial = Trial.objects.select_related("site").filter(pk=pk, site__in=own).first()
    if trial is None:
        raise Http404
    return trial


@login_required
@require_POST
def trial_upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES, sites=sites(request, "knowledge.edit"))
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("console")
    site, file = form.cleaned_data["site"], form.cleaned_data["file"]
    try:
        found = knowledge.questions_read(file.name, file.read())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("console")
    caller = caller_at(request, site, "knowledge.edit")
    trial = trial_start(caller=caller, site=site, kind="file", name=file.name, rows=[(text, "", expected) for text, expected in found])
    return redirect("trial", trial.pk)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What came of it so far; posting lets one that stands still go on."""
    found = _trial(request, pk)
    if request.method == "POST":
        if is_silent(found):
            trial_send(found)
        return redirect("trial", pk)
    only = request.GET.get("only", "")
    rows = [(row, result) for row, result in zip(found.rows, found.results, strict=False) if not only or only in (result["verdict"], result["route"])]
    context = {
        "here": "console",
        "trial": found,
        "is_silent": is_silent(found),
        "routes": Counter(result["route"] for result in found.results).most_common(),
        "verdicts": Counter(result["verdict"] for result in found.results if result["verdict"]).most_common(),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "only": only,
    }
    return render(request, "curation/trial.html", context)


@never_cache
@login_required
@require_safe
def trial_table(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _trial(request, pk)
    response = HttpResponse(trial_as_table(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="questions-{found.created:%Y-%m-%d-%H%M}.csv"'
    return response


# --- gold cases ------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def gold_first(request: HttpRequest) -> HttpResponse:
    own = bases(request, "knowledge.edit")
    if not own:
        raise Http404
    return redirect("gold", own[0][0])


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def gold(request: HttpRequest, pk: UUID) -> HttpResponse:
    caller, base = base_door(request, pk, "knowledge.edit")
    deed = request.POST.get("deed", "")
    if request.method == "POST" and deed != "add":
        return _run(request, caller, pk) if deed == "run" else _delete(request, pk)
    form = GoldForm(request.POST if deed == "add" else None)
    if deed == "add" and form.is_valid() and _add(request, caller, pk, form):
        return redirect("gold", pk)
    own = sites(request, "knowledge.edit").filter(knowledge_base_id=pk)
    runs = trials_of(caller, own.values_list("pk", flat=True)).filter(kind="gold")
    context = {
        "here": "console",
        "base": base,
        "form": form,
        "cases": knowledge.gold_cases(pk),
        "titles": knowledge.faq_titles(pk),
        "sites": own,
        "runs": runs[:10],
    }
    return render(request, "curation/gold.html", context)


def _add(request: HttpRequest, caller: Caller, pk: UUID, form: GoldForm) -> bool:
    told = form.cleaned_data
    key = faq_named(knowledge.faq_titles(pk), told["faq"]) if told["faq"] else ""
    if key is None:
        form.add_error("faq", _("There is no such FAQ. Choose one of the list."))
        return False
    language = told["language"] or knowledge.detect_language(told["question"])
    try:
        knowledge.gold_case_put(pk, question=told["question"], language=language, faq=key, by=caller.name)
    except ValueError:
        form.add_error("question", _("There are as many gold cases as a base may have. Delete some."))
        return False
    messages.success(request, _("It is a gold case now."))
    return True


def _delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    ids = [value for value in request.POST.getlist("case") if _is_uuid(value)]
    knowledge.gold_cases_delete(pk, ids)
    return redirect("gold", pk)


def _run(request: HttpRequest, caller: Caller, pk: UUID) -> HttpResponse:
    site: Site | None = sites(request, "knowledge.edit").filter(knowledge_base_id=pk).first()
    cases = knowledge.gold_cases(pk)
    if site is None or not cases:
        messages.error(request, _("There is nothing to run, or no site answers from this base."))
        return redirect("gold", pk)
    rows = [(case["question"], case["language"], case["faq"] or NONE) for case in cases]
    return redirect("trial", trial_start(caller=caller, site=site, kind="gold", name=_("Gold cases"), rows=rows).pk)


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
