"""Lists of sensitive words. A change is compiled by every process within seconds."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from knowledge.admin.rows import OfOwnCompany, PartOfOwn
from knowledge.models import Word, WordList


class WordInline(PartOfOwn):
    model = Word


@admin.register(WordList)
class WordListAdmin(OfOwnCompany):
    company_path = "company"
    list_display = ("name", "company", "is_live", "changed")
    search_fields = ("name", "words__term")
    search_help_text = _("The starter list that ships with the product counts for every company, beside the lists here.")
    inlines = (WordInline,)

    def save_related(self, request: HttpRequest, form: ModelForm[Any], formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.save(update_fields=["changed"])  # tells every process to compile anew
