"""The list of unanswered questions, and what an editor makes of each. Thin over conversations.unanswered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from csbot.accounts.audit import audit_write
from csbot.accounts.callers import Caller, Right, caller_of
from csbot.conversations.unanswered import (
    Unanswered,
    question_open_again,
    question_settle,
    question_to_faq,
    question_to_variant,
    unanswered_for,
)
from csbot.curation.forms import FaqForm, ListForm, VariantForm
from knowledge import facade as knowledge

PAGE = 30


def _caller(request: HttpRequest, right: Right) -> Caller:
    caller = caller_of(request)
    if caller is None or not caller.may(right):
        raise PermissionDenied
    return caller


@require_safe
@never_cache
@login_required
def unanswered(request: HttpRequest) -> HttpResponse:
    caller = _caller(request, "knowledge.read")
    form = ListForm({"state": "open", **request.GET.dict()})
    page = Paginator(form.fitting(unanswered_for(caller)), PAGE).get_page(request.GET.get("page"))
    return render(request, "curation/unanswered.html", {"here": "unanswered", "form": form, "page": page, "may_edit": caller.may("knowledge.edit")})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, language: str, digest: str) -> HttpResponse:
    """One question: a FAQ from it, one more phrasing of a FAQ, or nothing."""
    caller = _caller(request, "knowledge.edit")
    found = next((one for one in unanswered_for(caller) if (one.language, one.digest) == (language, digest)), None)
    if found is None:
        raise Http404
    deed = request.POST.get("deed", "")
    faq_form = FaqForm(request.POST if deed == "faq" else None)
    titles = knowledge.faq_titles(found.knowledge_base)
    variant_form = VariantForm(request.POST if deed == "variant" else None, titles=titles, near=list(found.options))
    if request.method == "POST" and _done(request, caller, found, deed, faq_form, variant_form):
        return redirect("unanswered")
    context = {"here": "unanswered", "question": found, "faq_form": faq_form, "variant_form": variant_form}
    return render(request, "curation/question.html", context)


def _done(request: HttpRequest, caller: Caller, found: Unanswered, deed: str, faq_form: FaqForm, variant_form: VariantForm) -> bool:
    if deed == "ignore":
        question_settle(caller=caller, question=found, state="ignored")
        messages.success(request, _("Set aside. It comes back when it is asked again."))
    elif deed == "open":
        question_open_again(caller=caller, question=found)
    elif deed == "variant" and variant_form.is_valid():
        question_to_variant(caller=caller, question=found, faq=variant_form.cleaned_data["faq"])
        messages.success(request, _("Added as a phrasing. Publish to let it count."))
    elif deed == "faq" and faq_form.is_valid():
        told = faq_form.cleaned_data
        try:
            question_to_faq(caller=caller, question=found, key=told["key"], category=told["category"], answers=faq_form.answers())
        except ValueError:
            faq_form.add_error("key", _("There is a FAQ of this key already. Choose another."))
            return False
        messages.success(request, _("The FAQ is there. Publish to let it count."))
    else:
        return False
    user: Any = request.user
    name = knowledge.mask_personal(found.text)
    audit_write(company_id=caller.company_id, who=user, action=f"question_{deed}", name=name, request=request)
    return True
