"""Lists of sensitive words: which there are, and the way to their words. A change is compiled by every process within seconds.

Words are rows of their own (knowledge.admin.word_rows): a list may hold a hundred thousand.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from knowledge.admin.rows import OfOwnCompany
from knowledge.admin.word_figures import figures_page
from knowledge.admin.word_import import confirm_page, import_page
from knowledge.admin.word_removal import RemovesInBulk
from knowledge.admin.word_try import try_page
from knowledge.models import WordList
from knowledge.word_lists import list_remove


@admin.register(WordList)
class WordListAdmin(RemovesInBulk, OfOwnCompany):
    company_path = "company"
    base_path = None
    list_display = ("name", "company", "is_live", "words_shown", "changed")
    readonly_fields = ("words_shown",)
    search_fields = ("name",)
    change_list_template = "admin/knowledge/wordlist/change_list.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.annotate(word_count=Count("words"))

    def get_urls(self) -> list[URLPattern]:
        pages = {"try": try_page, "import": import_page, "confirm": confirm_page, "figures": figures_page}
        own = [path(f"{name}/", self.admin_site.admin_view(self._page(page)), name=f"knowledge_words_{name}") for name, page in pages.items()]
        return [*own, *super().get_urls()]

    def _page(self, page: Any) -> Any:
        return lambda request: page(self, request)

    @admin.display(description=_("words"), ordering="word_count", empty_value="–")
    def words_shown(self, row: Any) -> str:
        address = reverse("admin:knowledge_word_changelist")
        return format_html('<a href="{}?word_list__id__exact={}">{}</a>', address, row.pk, row.word_count) if row.pk else "–"

    def remove(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        for row in WordList.objects.filter(pk__in=rows.values("pk")):
            list_remove(row, by=request.user.get_username())
