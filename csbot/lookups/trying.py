"""What the "try it" page asks and shows: one real request with given values. Headers stay hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from csbot.lookups.calling import address_of, lookup_call, told
from csbot.lookups.checking import VISITOR
from csbot.lookups.models import Lookup

SHOWN = 4000


class TryForm(forms.Form):
    def __init__(self, *args: Any, lookup: Lookup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for slot in lookup.slots.all():
            self.fields[slot.name] = forms.CharField(label=slot.name, initial=slot.sample, max_length=300)
        if lookup.needs_identity:
            self.fields[VISITOR] = forms.CharField(label=_("the company's own number"), max_length=200)

    def values(self) -> dict[str, str]:
        return dict(self.cleaned_data)


def tried(lookup: Lookup, values: Mapping[str, str]) -> dict[str, Any]:
    called = lookup_call(lookup, values)
    outcomes = {"found": _("found"), "unknown": _("not found"), "failed": _("the system gave no answer that can be used")}
    answers = {}
    for language, name in (("zh", _("Chinese")), ("en", _("English"))):
        template = {"found": lookup.answer, "unknown": lookup.unknown}.get(called.outcome)
        answers[name] = told(template(language), {**values, **called.fields}) if template else None
    return {
        "called": called,
        "outcome": outcomes[called.outcome],
        "address": address_of(lookup.url, values),
        "body": called.body[:SHOWN],
        "fields": sorted(called.fields.items()),
        "answers": answers,
    }
