"""What a report is asked for: days, site, language."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from csbot.accounts.callers import Caller
from csbot.accounts.models import LANGUAGE_CHOICES, Site
from csbot.lib.clock import now
from csbot.reports.figures import Span, zone_of

MAX_DAYS = 366
USUAL_DAYS = 30
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)  # far enough, and no calculation leaves the calendar


class SpanForm(forms.Form):
    """Every field may be missing: then it is the last 30 days of everything."""

    first = forms.DateField(label=_("from"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=_("to"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    site = forms.ModelChoiceField(Site.objects.none(), label=_("site"), required=False, empty_label=_("every site"))
    language = forms.ChoiceField(label=_("language"), required=False, choices=[("", _("every language")), *LANGUAGE_CHOICES])
    without_demo = forms.BooleanField(label=_("without the demo's stories"), required=False)

    def __init__(self, data: Any, *, caller: Caller) -> None:
        super().__init__(data)
        self.caller = caller
        sites = Site.objects.filter(company=caller.company_id).order_by("name")
        self.fields["site"].queryset = sites if caller.sites is None else sites.filter(pk__in=caller.sites)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        site = cleaned.get("site")
        zone = zone_of(self.caller, site.pk if site else None)
        last = cleaned.get("last") or now().astimezone(ZoneInfo(zone)).date()
        first = cleaned.get("first") or max(last, EARLIEST) - timedelta(days=USUAL_DAYS - 1)
        if not EARLIEST <= first <= LATEST or not EARLIEST <= last <= LATEST:
            self.add_error("first", _("Choose days of this century."))
        elif first > last:
            self.add_error("first", _("The first day lies after the last one."))
        elif (last - first).days >= MAX_DAYS:
            self.add_error("first", _("Choose a year at most."))
        return {**cleaned, "first": first, "last": last, "zone": zone}

    def show(self, span: Span) -> None:
        """The days that count, also where none were asked for."""
        self.data = {**dict(self.data.items()), "first": str(span.first), "last": str(span.last)}

    def span(self) -> Span:
        told = self.cleaned_data
        site = told["site"].pk if told["site"] else None
        return Span(self.caller, told["first"], told["last"], told["zone"], site, told["language"], not told["without_demo"])
