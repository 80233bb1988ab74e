""""Test a question": what the admin's page asks and what it shows. Knows forms and words; the asking is conversations.asking's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from csbot.accounts.models import Site
from csbot.conversations.asking import NothingRuns, TimedOut, question_ask, reply_as_json
from csbot.conversations.errors import Refused
from csbot.conversations.explaining import route_in_words, trace_in_words
from csbot.conversations.texts import error_text

TIMEOUT_S = 45


class TestQuestionForm(forms.Form):
    __test__ = False  # no test case of pytest's

    site = forms.ModelChoiceField(Site.objects.none(), label=gettext_lazy("site"))
    text = forms.CharField(label=gettext_lazy("question"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2, "cols": 80}))
    language = forms.ChoiceField(
        label=gettext_lazy("language"),
        required=False,
        choices=[("", gettext_lazy("detected")), ("zh", gettext_lazy("Chinese")), ("en", gettext_lazy("English"))],
    )

    def __init__(self, *args: Any, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = sites.filter(is_active=True)
        self.fields["site"].queryset = active  # type: ignore[attr-defined]
        self.fields["site"].initial = active.first()


def tested(form: TestQuestionForm) -> dict[str, Any]:
    """The page's context: the reply and its trace in words, or an error in words."""
    values = form.cleaned_data
    try:
        reply = question_ask(values["text"], site_key=values["site"].key, language=values["language"] or None, timeout_s=TIMEOUT_S)
    except NothingRuns:
        return {"error": _("The answers worker gives no sign of life. Start the system, then ask again.")}
    except TimedOut:
        return {"error": _("No answer came in time.")}
    except Refused as refusal:
        return {"error": error_text(refusal, "zh" if (translation.get_language() or "").startswith("zh") else "en")}
    answer = reply_as_json(reply)
    return {
        "answer": answer,
        "outcome": route_in_words(answer["trace"]),
        "steps": trace_in_words(answer["trace"]),
        "candidates": answer["trace"].get("faq", {}).get("candidates", []),
    }
