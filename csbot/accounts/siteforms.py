"""A site's form: origins line by line, a field for each text, hours day by day, and what the chat looks like, with a preview beside it.

What stands in the fields is turned into the site's plain values and back; what those may hold, `sites` and `hours` know.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from csbot.accounts.appearance import DEFAULT, POSITIONS, appearance_of, contrast_of
from csbot.accounts.hourstext import DAY_NAMES, exceptions_read, exceptions_written, intervals_read, intervals_written
from csbot.accounts.models import LANGUAGE_CHOICES, Site
from csbot.accounts.sites import REPLACEABLE
from csbot.conversations.texts import TEXTS

LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
ZONES = [(name, name) for name in sorted(available_timezones()) if "/" in name or name == "UTC"]


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]
    allowed_origins = forms.CharField(
        label=gettext_lazy("allowed origins"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 50, "placeholder": "https://shop.example"}),
        help_text=gettext_lazy("One a line: the pages that may show the chat. Empty: only our own pages."),
    )
    languages = forms.MultipleChoiceField(label=gettext_lazy("languages"), choices=LANGUAGE_CHOICES, widget=forms.CheckboxSelectMultiple)
    time_zone = forms.ChoiceField(label=gettext_lazy("time zone"), choices=ZONES, initial="Asia/Shanghai")
    colour = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$", label=gettext_lazy("colour"), initial=DEFAULT["colour"], widget=forms.TextInput(attrs={"type": "color"})
    )
    position = forms.ChoiceField(label=gettext_lazy("position"), choices=POSITIONS)
    mark = forms.CharField(
        label=gettext_lazy("sign"), max_length=2, required=False, help_text=gettext_lazy("A letter or an emoji; empty: the first of the name.")
    )
    is_always_open = forms.BooleanField(label=gettext_lazy("always open"), required=False)
    exceptions = forms.CharField(
        label=gettext_lazy("exceptions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 50, "placeholder": "2026-10-01\n2026-10-02 10:00-14:00"}),
        help_text=gettext_lazy("One day a line; without hours it is closed."),
    )

    class Meta:
        model = Site
        fields = (
            *("company", "name", "key", "knowledge_base", "is_active", "allowed_origins"),
            *("languages", "default_language", "time_zone", "hides_personal"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        site: Site = self.instance
        self.initial["allowed_origins"] = "\n".join(site.allowed_origins or [])
        look = appearance_of(site.appearance)
        self.initial.update({"colour": look["colour"], "position": look["position"], "mark": look["mark"]})
        hours = site.business_hours or {}
        self.initial.update({"is_always_open": not hours, "exceptions": exceptions_written(hours)})
        for day in DAY_NAMES:
            self.initial[f"day_{day}"] = intervals_written(hours.get("weekly", {}).get(day, []))
        for language in TEXTS:
            own = (site.texts or {}).get(language, {})
            self.initial.update({text_field(language, key): own.get(key, "") for key in REPLACEABLE})

    def clean_allowed_origins(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["allowed_origins"].splitlines() if line.strip()]

    def clean_colour(self) -> str:
        colour: str = self.cleaned_data["colour"].lower()
        contrast = contrast_of(colour, "#ffffff")
        if contrast < LEAST_CONTRAST:
            told = _("White letters on this colour are hard to read (contrast %(contrast).1f; at least %(least)s). Choose a darker one.")
            raise ValidationError(told % {"contrast": contrast, "least": LEAST_CONTRAST})
        return colour

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.instance.appearance = {name: cleaned.get(name) or DEFAULT[name] for name in ("colour", "position")} | {"mark": cleaned.get("mark", "")}
        self.instance.texts = {language: texts for language in TEXTS if (texts := self._texts(language, cleaned))}
        self.instance.business_hours = {} if cleaned.get("is_always_open") else self._hours(cleaned)
        return cleaned

    def _update_errors(self, errors: ValidationError) -> None:
        """What the model says of all texts together stands above the form: there is a field for each, and none of that name."""
        if hasattr(errors, "error_dict") and "texts" in errors.error_dict:
            errors.error_dict.setdefault(NON_FIELD_ERRORS, []).extend(errors.error_dict.pop("texts"))
        super()._update_errors(errors)  # type: ignore[misc]

    def _texts(self, language: str, cleaned: dict[str, Any]) -> dict[str, str]:
        return {key: text for key in REPLACEABLE if (text := cleaned.get(text_field(language, key), "").strip())}

    def _hours(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        weekly: dict[str, list[list[str]]] = {}
        for day in DAY_NAMES:
            try:
                weekly[day] = intervals_read(cleaned.get(f"day_{day}", ""))
            except ValueError as error:
                self.add_error(f"day_{day}", _("“%(part)s” are no hours. Write them like 09:00-12:00, 13:00-21:00.") % {"part": error})
        try:
            exceptions = exceptions_read(cleaned.get("exceptions", ""))
        except ValueError as error:
            told = _("“%(part)s” cannot be read. Write a day, and hours if there are any: 2026-10-02 10:00-14:00")
            self.add_error("exceptions", told % {"part": error})
            exceptions = []
        return {"weekly": weekly, "exceptions": exceptions}


def text_field(language: str, key: str) -> str:
    return f"text_{language}_{key}"


def texts_of(language: str) -> list[str]:
    return [text_field(language, key) for key in REPLACEABLE]


def _text(language: str, key: str) -> forms.CharField:
    hint = {"rows": 2, "cols": 70, "placeholder": TEXTS[language][key]}
    return forms.CharField(label=key, required=False, max_length=1000, widget=forms.Textarea(attrs=hint))


def _more_fields() -> dict[str, forms.CharField]:
    """A field for each text of each language and for each day of the week."""
    texts = {text_field(language, key): _text(language, key) for language in TEXTS for key in REPLACEABLE}
    hint = forms.TextInput(attrs={"placeholder": "09:00-12:00, 13:00-21:00"})
    return texts | {f"day_{day}": forms.CharField(label=name, required=False, max_length=200, widget=hint) for day, name in DAY_NAMES.items()}


SiteForm.base_fields.update(_more_fields())
SiteForm.declared_fields.update(_more_fields())
