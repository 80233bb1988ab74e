"""What an editor fills in: to make knowledge from a question that was not answered, to try questions, to keep gold cases."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from csbot.accounts.models import LANGUAGE_CHOICES, Site
from csbot.conversations.unanswered import Unanswered

STATES = [("open", _("open")), ("done", _("done")), ("ignored", _("ignored")), ("", _("all"))]
REASONS = [
    ("", _("every reason")),
    ("refused", _("not answered")),
    ("not_chosen", _("asked back, nothing chosen")),
    ("disliked", _("rated not helpful")),
    ("handed_over", _("handed over")),
]


class ListForm(forms.Form):
    state = forms.ChoiceField(label=_("state"), choices=STATES, required=False)
    why = forms.ChoiceField(label=_("why"), choices=REASONS, required=False)
    language = forms.ChoiceField(label=_("language"), choices=[("", _("every language")), *LANGUAGE_CHOICES], required=False)
    q = forms.CharField(label=_("search"), max_length=200, required=False)

    def fitting(self, questions: list[Unanswered]) -> list[Unanswered]:
        told: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        state = told.get("state")
        return [
            question
            for question in questions
            if (not state or question.state == state)
            and (not told.get("why") or told["why"] in question.why)
            and (not told.get("language") or question.language == told["language"])
            and (told.get("q") or "").casefold() in question.text.casefold()
        ]


class FaqForm(forms.Form):
    key = forms.CharField(
        label=_("key"),
        max_length=80,
        validators=[RegexValidator(re.compile(r"^[\w.-]+$"), _("Letters, digits, dots, dashes and underscores only."))],
        help_text=_("Stable name for import, export and reports, such as returns.period."),
    )
    category = forms.CharField(label=_("category"), max_length=60, required=False)
    answer_zh = forms.CharField(label=_("answer in Chinese"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    answer_en = forms.CharField(label=_("answer in English"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("answer_zh") and not cleaned.get("answer_en"):
            self.add_error("answer_en", _("Write an answer, in one language at least."))
        return cleaned

    def answers(self) -> dict[str, str]:
        return {language: self.cleaned_data[f"answer_{language}"] for language in ("zh", "en")}


class VariantForm(forms.Form):
    """`titles` are (key, question) of the FAQs; those that were near come first. Nothing is chosen beforehand: a phrasing of the wrong FAQ
    teaches a wrong answer.
    """

    faq = forms.CharField(
        label=_("FAQ"),
        widget=forms.TextInput(attrs={"list": "faqs", "autocomplete": "off"}),
        help_text=_("Write some words of its question or its key, and choose."),
    )

    def __init__(self, data: Any, *, titles: list[tuple[str, str]], near: list[str]) -> None:
        super().__init__(data)
        table = dict(titles)
        self.near = [(key, table[key]) for key in near if key in table]
        self.choices = [*self.near, *((key, text) for key, text in titles if key not in near)]

    def clean_faq(self) -> str:
        """Its key, or its question as it is listed."""
        found = faq_named(self.choices, self.cleaned_data["faq"].strip())
        if found is None:
            raise forms.ValidationError(_("There is no such FAQ. Choose one of the list."))
        return found


def faq_named(titles: list[tuple[str, str]], told: str) -> str | None:
    """The key of a FAQ that is named by its key or by its question as it is listed; None where there is none."""
    return next((key for key, text in titles if told in (key, text)), None)


class ConsoleForm(forms.Form):
    site = forms.ModelChoiceField(Site.objects.none(), label=_("site"), empty_label=None)
    language = forms.ChoiceField(label=_("language"), required=False, choices=[("", _("detected")), *LANGUAGE_CHOICES])
    text = forms.CharField(label=_("question"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}))
    earlier = forms.CharField(
        label=_("said before"), max_length=4000, required=False, help_text=_("Asked first, so that the question follows on it. May stay empty.")
    )

    def __init__(self, *args: Any, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
        self.fields["site"].initial = sites.first()


class UploadForm(forms.Form):
    site = forms.ModelChoiceField(Site.objects.none(), label=_("site"), empty_label=None)
    file = forms.FileField(
        label=_("file"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        help_text=_("TXT with one question a line, or CSV or XLSX with the columns “question” and “expected”; up to 2,000 questions."),
    )

    def __init__(self, *args: Any, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_upload_%s", **kwargs})
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
        self.fields["site"].initial = sites.first()


class GoldForm(forms.Form):
    question = forms.CharField(label=_("question"), max_length=500)
    faq = forms.CharField(
        label=_("expected FAQ"),
        required=False,
        widget=forms.TextInput(attrs={"list": "faqs", "autocomplete": "off"}),
        help_text=_("Empty where no FAQ may answer it."),
    )
    language = forms.ChoiceField(label=_("language"), required=False, choices=[("", _("detected")), *LANGUAGE_CHOICES])
