"""Words from a file: read, vetted by ordinary speech, shown, and only then taken. Reading and vetting are knowledge.sensitive's business.

Between preview and confirmation the words lie in the storage under a name that nobody can guess, and which holds for its company only.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge import told
from knowledge.admin.rows import company_of
from knowledge.models import Word, WordList
from knowledge.sensitive.lexicons import MAX_BYTES, LexiconError, lexicon_read
from knowledge.word_lists import words_import
from knowledge.word_previews import Preview, preview_make, preview_read

MOST_SHOWN = 300
WHYS = {
    "used": _("stands in ordinary texts"),
    "common": _("is a word that everybody uses"),
    "chance": _("ordinary text holds it by chance"),
    "short": _("is too short to mean anything"),
}


class WordFileForm(forms.Form):
    upload = forms.FileField(
        label=_("file"),
        help_text=_("Text with a word a line, CSV with a column “term” (or “text”) and, if you like, category, level, language and note, or JSON."),
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.csv,.tsv,.json,.jsonl"}),
        allow_empty_file=True,
    )
    word_list = forms.ModelChoiceField(WordList.objects.none(), label=_("into the list"), required=False, empty_label=_("a new list"))
    new_name = forms.CharField(label=_("name of a new list"), required=False, max_length=100, help_text=_("Empty: the name of the file."))
    category = forms.CharField(label=_("category"), required=False, max_length=40, help_text=_("For words whose category the file does not say."))
    level = forms.ChoiceField(
        label=_("level"), choices=Word.Level.choices, initial=Word.Level.MASK, help_text=_("For words whose level the file does not say.")
    )

    def __init__(self, *args: Any, lists: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["word_list"].queryset = lists  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if upload := cleaned.get("upload"):
            try:
                cleaned["rows"] = lexicon_read(upload.name, upload.read(MAX_BYTES + 1))
            except LexiconError as problem:
                self.add_error("upload", gettext(problem.sentence) % problem.values)
            chosen = cleaned.get("word_list")
            cleaned["name"] = chosen.name if chosen else cleaned.get("new_name") or PurePath(upload.name).stem[:100] or gettext("words")
        return cleaned


def import_page(admin: Any, request: HttpRequest) -> HttpResponse:
    company = _company(admin, request)
    lists = WordList.objects.filter(company=company).order_by("name")
    form = WordFileForm(request.POST or None, request.FILES or None, lists=lists)
    context = {**admin.admin_site.each_context(request), "title": _("Words from a file"), "opts": admin.opts, "form": form}
    if request.method != "POST" or not form.is_valid():
        return render(request, "admin/knowledge/wordlist/import.html", context)
    wish = form.cleaned_data
    preview = preview_make(company, wish["name"], wish["rows"], category=wish["category"], level=wish["level"], file_name=wish["upload"].name)
    refused = [(term, WHYS[why], texts) for term, why, texts in preview.refused[:MOST_SHOWN]]
    context |= {"preview": preview, "refused": refused, "num_more": len(preview.refused) - len(refused), "title": _("Words from a file: preview")}
    return render(request, "admin/knowledge/wordlist/preview.html", context)


def confirm_page(admin: Any, request: HttpRequest) -> HttpResponse:
    """A confirmation that comes twice, or for words that are no longer there, asks for the file again."""
    company = _company(admin, request)
    preview = preview_read(company, request.POST.get("key", "")) if request.method == "POST" else None
    if preview is None:
        messages.error(request, gettext("Nothing was imported: the uploaded words are no longer there. Upload the file again."))
        return redirect("admin:knowledge_words_import")
    taken = preview.taken(set(request.POST.getlist("take")), takes_all="take_all" in request.POST)
    by = request.user.get_username()
    made = words_import(company, preview.list_name, taken, category=preview.category, level=preview.level, by=by, file_name=preview.file_name)
    preview.forget()
    told.tell("imported", company, by, f"{preview.list_name}: +{made.num_added} ~{made.num_changed}", WordList._meta.label)
    _tell(request, preview, made)
    listed = WordList.objects.get(company=company, name=preview.list_name)
    return redirect(f"{reverse('admin:knowledge_word_changelist')}?word_list__id__exact={listed.pk}")


def _company(admin: Any, request: HttpRequest) -> Any:
    company = company_of(request)
    if company is None or not admin.has_add_permission(request):
        raise PermissionDenied
    return company


def _tell(request: HttpRequest, preview: Preview, made: Any) -> None:
    said = gettext("Words added: %(added)s, changed: %(changed)s. The filter knows them within seconds.")
    link = format_html('<a href="{}">{}</a>', reverse("admin:knowledge_wordchange_change", args=[made.pk]), gettext("Undo it here"))
    messages.success(request, format_html("{} {}", said % {"added": made.num_added, "changed": made.num_changed}, link))
    live = WordList.objects.filter(company_id=made.company_id, name=preview.list_name, is_live=True).exists()
    if not live:
        messages.warning(request, gettext("The list “%(name)s” is switched off: its words do not count.") % {"name": preview.list_name})
