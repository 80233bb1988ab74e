"""The console: a question through the running system, why it went as it did, and what can be done about it at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from csbot.accounts.audit import audit_write
from csbot.accounts.callers import Caller
from csbot.conversations.asking import NothingRuns, TimedOut, question_ask
from csbot.conversations.errors import NotYours, Refused
from csbot.conversations.models import Message, Turn
from csbot.conversations.texts import error_text
from csbot.curation.console import console_of
from csbot.curation.doors import caller_at, sites, turn_door
from csbot.curation.forms import ConsoleForm, UploadForm, faq_named
from csbot.curation.reviewing import asking_judge
from csbot.curation.sampled import asked_from
from csbot.curation.trials import trials_of
from knowledge import facade as knowledge

TIMEOUT_S = 45
TRIALS_SHOWN = 10


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def console(request: HttpRequest) -> HttpResponse:
    own = sites(request, "knowledge.read")
    form = ConsoleForm(request.POST or None, sites=own)
    error = ""
    if request.method == "POST" and form.is_valid():
        turn, error = _ask(form.cleaned_data)
        if turn:
            return redirect("console_turn", turn)
    return render(request, "curation/console.html", {**_page(request, own), "form": form, "error": error})


def _page(request: HttpRequest, own: Any) -> dict[str, Any]:
    site = own.first()
    caller = caller_at(request, site, "knowledge.read") if site else None
    may_edit = caller is not None and caller.may("knowledge.edit")
    trials = trials_of(caller, own.values_list("pk", flat=True))[:TRIALS_SHOWN] if caller and may_edit else []
    bases = dict.fromkeys(own.values_list("knowledge_base", "knowledge_base__name")) if may_edit else {}
    return {"here": "console", "may_edit": may_edit, "upload": UploadForm(sites=own), "trials": trials, "bases": list(bases)}


def _ask(told: dict[str, Any]) -> tuple[UUID | None, str]:
    """(the turn, an error in words): what was said before goes first, into the same conversation."""
    language, conversation = told["language"] or None, ""
    try:
        if told["earlier"]:
            before = question_ask(told["earlier"], site_key=told["site"].key, language=language, timeout_s=TIMEOUT_S)
            conversation = str(before.conversation.pk)
        key = told["site"].key
        return question_ask(told["text"], site_key=key, conversation_id=conversation, language=language, timeout_s=TIMEOUT_S).turn.pk, ""
    except NothingRuns:
        return None, _("The answers worker gives no sign of life. Start the system, then ask again.")
    except TimedOut:
        return None, _("No answer came in time.")
    except NotYours:
        return None, _("After what was said before, a person has the conversation: nobody answers here.")
    except Refused as refusal:
        return None, error_text(refusal, "zh" if (translation.get_language() or "").startswith("zh") else "en")


# --- one turn --------------------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def console_turn(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Of the console, or a real one."""
    caller, turn = turn_door(request, pk, "knowledge.read")
    if request.method == "POST":
        if not caller.may("knowledge.edit"):
            raise PermissionDenied
        _deed(request, caller, turn)
        return redirect("console_turn", pk)
    base = turn.conversation.site.knowledge_base_id
    shown = console_of(turn)
    faq = turn.decision.get("faq") or (shown["candidates"][0].faq if shown["candidates"] else "")
    own = sites(request, "knowledge.read")
    context = {
        **_page(request, own),
        **shown,
        "form": ConsoleForm(sites=own, initial={"site": turn.conversation.site, "text": turn.question.text, "earlier": _said_before(turn)}),
        "turn": turn,
        "answer": _answer_of(turn),
        "faq": faq,
        "faq_address": _faq_address(base, faq),
        "titles": knowledge.faq_titles(base),
        "may_edit": caller.may("knowledge.edit"),
    }
    return render(request, "curation/console.html", context)


def _answer_of(turn: Turn) -> Message | None:
    return Message.objects.filter(turn=turn).exclude(sender=Message.Sender.VISITOR).order_by("-created").first()


def _said_before(turn: Turn) -> str:
    earlier = Message.objects.filter(conversation=turn.conversation_id, created__lt=turn.question.created, sender=Message.Sender.VISITOR)
    return earlier.order_by("-created").values_list("text", flat=True).first() or ""


def _faq_address(base: UUID, faq: str) -> str:
    row = knowledge.faq_row_id(base, faq) if faq else None
    return reverse("admin:knowledge_faq_change", args=[row]) if row else ""


def _deed(request: HttpRequest, caller: Caller, turn: Turn) -> None:
    base, deed = turn.conversation.site.knowledge_base_id, request.POST.get("deed", "")
    named = request.POST.get("faq", "").strip()
    key = faq_named(knowledge.faq_titles(base), named) if named else ""
    if key is None or (deed in ("disable", "variant") and not key):
        messages.error(request, _("There is no such FAQ. Choose one of the list."))
        return
    done = _DEEDS[deed](caller, turn, base, key) if deed in _DEEDS else ""
    if done:
        messages.success(request, done)
        who: Any = request.user
        name = knowledge.mask_personal(turn.question.text)
        audit_write(company_id=caller.company_id, who=who, action=f"console_{deed}", name=name, changes={"faq": key}, request=request)


def _disable(_caller: Caller, _turn: Turn, base: UUID, key: str) -> str:
    knowledge.faq_disable(base, key)
    return _("The FAQ is disabled. Publish to let it count.")


def _variant(_caller: Caller, turn: Turn, base: UUID, key: str) -> str:
    knowledge.variant_add(base, key, turn.question.language, knowledge.mask_personal(turn.question.text))  # type: ignore[arg-type]
    return _("Added as a phrasing. Publish to let it count.")


def _mark(verdict: Any) -> Any:
    def mark(caller: Caller, turn: Turn, base: UUID, key: str) -> str:
        asking_judge(base=base, caller=caller, one=asked_from(base, [turn])[0], source="console", verdict=verdict, right_faq=key)
        return _("Noted.")

    return mark


def _gold(caller: Caller, turn: Turn, base: UUID, key: str) -> str:
    language: Any = turn.question.language
    try:
        knowledge.gold_case_put(base, question=knowledge.mask_personal(turn.question.text)[:500], language=language, faq=key, by=caller.name)
    except ValueError:
        return ""
    return _("It is a gold case now.")


_DEEDS: dict[str, Any] = {"disable": _disable, "variant": _variant, "wrong": _mark("wrong"), "right": _mark("right"), "gold": _gold}
