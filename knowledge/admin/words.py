"""Lists of sensitive words. A change is compiled by every process within seconds."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from knowledge.admin.rows import OfOwnCompany, PartOfOwn, company_of
from knowledge.contracts import Direction
from knowledge.models import Word, WordList
from knowledge.words import word_filter

MAX_TEXT = 20_000
DIRECTIONS = {
    Direction.VISITOR: _("from visitors"),
    Direction.BOT: _("from the bot"),
    Direction.AGENT: _("from agents"),
}


class WordInline(PartOfOwn):
    model = Word


@admin.register(WordList)
class WordListAdmin(OfOwnCompany):
    company_path = "company"
    base_path = None
    list_display = ("name", "company", "is_live", "changed")
    search_fields = ("name", "words__term")
    inlines = (WordInline,)
    change_list_template = "admin/knowledge/wordlist/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        return [path("try/", self.admin_site.admin_view(self.try_page), name="knowledge_words_try"), *super().get_urls()]

    def try_page(self, request: HttpRequest) -> HttpResponse:
        """What the words of a text lead to, in each direction; nothing of it is stored."""
        company = company_of(request)
        if company is None or not self.has_view_permission(request):
            raise PermissionDenied
        text = request.POST.get("text", "")[:MAX_TEXT]
        context = {**self.admin_site.each_context(request), "title": _("Try the word lists"), "opts": self.opts, "text": text}
        if text:
            words = word_filter(company)
            context["verdicts"] = [(name, words.check(text, direction)) for direction, name in DIRECTIONS.items()]
        return render(request, "admin/knowledge/wordlist/try.html", context)

    def save_related(self, request: HttpRequest, form: ModelForm[Any], formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.save(update_fields=["changed"])  # tells every process to compile anew
