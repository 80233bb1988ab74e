"""Articles: longer texts that generated answers may rest on."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from knowledge.admin.rows import KeepsHistory, OwnRows
from knowledge.importing import passages_refresh
from knowledge.models import Article


@admin.register(Article)
class ArticleAdmin(KeepsHistory):
    list_display = ("title", "language", "key", "is_live", "changed", "knowledge_base")
    list_filter = ("language", "is_live", ("knowledge_base", OwnRows))
    search_fields = ("title", "key", "body")

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        passages_refresh(obj)
