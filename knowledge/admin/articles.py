"""Articles: longer texts that generated answers may rest on."""

from __future__ import annotations

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from knowledge.admin.rows import OfOwnCompany
from knowledge.models import Article


@admin.register(Article)
class ArticleAdmin(OfOwnCompany, SimpleHistoryAdmin):  # type: ignore[misc]
    list_display = ("title", "language", "key", "is_live", "changed", "knowledge_base")
    list_filter = ("language", "is_live", "knowledge_base")
    search_fields = ("title", "key", "body")
