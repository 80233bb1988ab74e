"""What the "try it" page asks and shows: one real request with given values. Headers stay hidden."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from csbot.lookups.calling import address_of, lookup_call, told
from csbot.lookups.checking import VISITOR, pattern_problem
from csbot.lookups.models import Lookup, Slot

SHOWN = 4000


def _fits(slot: Slot) -> Callable[[str], None]:
    """What a visitor's message would not be read as is not sent either."""

    def check(value: str) -> None:
        if pattern_problem(slot.pattern, value):
            raise ValidationError(_("This does not fit the pattern %(pattern)s.") % {"pattern": slot.pattern})

    return check


def _as_read(body: str) -> str:
    """JSON as people read it; anything else as it came."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body


class TryForm(forms.Form):
    def __init__(self, *args: Any, lookup: Lookup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for slot in lookup.slots.all():
            self.fields[slot.name] = forms.CharField(label=slot.name, initial=slot.sample, max_length=300, validators=[_fits(slot)])
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
        "body": _as_read(called.body)[:SHOWN].encode("utf-8", "replace").decode(),
        "fields": sorted(called.fields.items()),
        "answers": answers,
    }
