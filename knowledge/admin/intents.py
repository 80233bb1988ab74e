"""Intents with their examples and phrases."""

from __future__ import annotations

from django.contrib import admin

from knowledge.admin.rows import KeepsHistory, OwnRows, PartOfOwn
from knowledge.models import Intent, IntentExample


class ExampleInline(PartOfOwn):
    model = IntentExample


@admin.register(Intent)
class IntentAdmin(KeepsHistory):
    list_display = ("key", "action", "is_live", "knowledge_base")
    list_filter = ("action", "is_live", ("knowledge_base", OwnRows))
    search_fields = ("key", "examples__text", "reply_zh", "reply_en")
    inlines = (ExampleInline,)
