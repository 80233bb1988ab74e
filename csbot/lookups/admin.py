"""Lookups in the back office: defined here, and tried out against the real system before visitors meet them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from csbot.accounts.owned import OwnedAdmin, OwnedInline, OwnRows
from csbot.lib.outbound import OURS
from csbot.lib.sealed import seal
from csbot.lookups.checking import VISITOR, names_in
from csbot.lookups.models import Lookup, Slot
from csbot.lookups.trying import TryForm, tried


def host_of(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc.lower()


class LookupForm(forms.ModelForm):  # type: ignore[type-arg]
    headers = forms.CharField(
        label=_("headers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One a line, such as Authorization: Bearer …. Kept encrypted and never shown again; empty leaves them as they are."),
    )
    forget_headers = forms.BooleanField(label=_("forget the headers"), required=False)

    class Meta:
        model = Lookup
        fields = (
            *("company", "site", "key", "is_active", "examples_zh", "examples_en", "method", "url", "fields"),
            *("answer_zh", "answer_en", "unknown_zh", "unknown_en", "needs_identity", "timeout_s"),
        )
        widgets = {
            "fields": forms.Textarea(attrs={"rows": 4, "cols": 80}),
            **{name: forms.Textarea(attrs={"rows": 2, "cols": 80}) for name in ("answer_zh", "answer_en", "unknown_zh", "unknown_en")},
        }

    def clean_headers(self) -> str:
        headers: str = self.cleaned_data["headers"]
        lines = [line for line in headers.splitlines() if line.strip()]
        if not all(line.isprintable() and line.isascii() and line.partition(":")[0].strip() and ":" in line for line in lines):
            raise forms.ValidationError(_("Write one header a line, as Name: value."))
        if ours := [name for line in lines if (name := line.partition(":")[0].strip()).lower() in OURS]:
            raise forms.ValidationError(_("%(name)s is set by the connection itself. Leave it out.") % {"name": ours[0]})
        return "\n".join(lines)

    def clean(self) -> dict[str, Any]:
        """Headers are secrets between us and one host: they do not follow the address to another."""
        cleaned: dict[str, Any] = super().clean() or {}
        before, after = host_of(self.initial.get("url", "")), host_of(cleaned.get("url", ""))
        if self.instance.sealed_headers and before != after and not (cleaned.get("headers") or cleaned.get("forget_headers")):
            self.add_error("headers", _("The address leads to another host. Write the headers for it, or forget them."))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        if self.cleaned_data["headers"]:
            self.instance.sealed_headers = seal(self.cleaned_data["headers"])
        elif self.cleaned_data["forget_headers"]:
            self.instance.sealed_headers = ""
        return super().save(commit)


class SlotFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """Looks at the lookup as a whole: what its address and its answers name must come from somewhere."""

    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")]
        slots = {told["name"] for told in kept}
        lookup: Lookup = self.instance
        known = slots | {VISITOR}
        fields = set(lookup.fields) if isinstance(lookup.fields, dict) else set()
        answers = [lookup.answer_zh, lookup.answer_en]
        unknown = [name for name in names_in(lookup.url, lookup.unknown_zh, lookup.unknown_en) if name not in known]
        unknown += [name for name in names_in(*answers) if name not in known | fields]
        if unknown:
            told = gettext("{%(name)s} is neither a value below nor a field of the reply. Add it, or write it without the braces.")
            raise ValidationError(told % {"name": unknown[0]})
        if not any(answer.strip() for answer in answers):
            raise ValidationError(gettext("Write an answer, in one language at least."))


class SlotInline(OwnedInline):
    model = Slot
    formset = SlotFormSet


@admin.register(Lookup)
class LookupAdmin(OwnedAdmin):
    form = LookupForm
    list_display = ("key", "site", "method", "url", "is_active", "changed")
    list_filter = ("is_active", ("site", OwnRows))
    search_fields = ("key", "examples_zh", "examples_en")
    inlines = (SlotInline,)
    site_path = "site"
    change_form_template = "admin/lookups/lookup/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        return [path("<uuid:pk>/try/", self.admin_site.admin_view(self.try_page), name="lookup_try"), *super().get_urls()]

    def try_page(self, request: HttpRequest, pk: Any) -> HttpResponse:
        lookup = get_object_or_404(self.get_queryset(request), pk=pk)
        form = TryForm(request.POST or None, lookup=lookup)
        context = {**self.admin_site.each_context(request), "title": _("Try “%(name)s”") % {"name": lookup.key}, "form": form, "lookup": lookup}
        if request.method == "POST" and form.is_valid():
            context |= tried(lookup, form.values())
        return render(request, "admin/lookups/lookup/try.html", {**context, "opts": self.opts})
