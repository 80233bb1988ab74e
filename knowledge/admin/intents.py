"""Intents with their examples and phrases."""

from __future__ import annotations

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from knowledge.admin.rows import OfOwnCompany, OwnRows, PartOfOwn
from knowledge.models import Intent, IntentExample


class ExampleInline(PartOfOwn):
    model = IntentExample


@admin.register(Intent)
class IntentAdmin(OfOwnCompany, SimpleHistoryAdmin):
    list_display = ("key", "action", "is_live", "knowledge_base")
    list_filter = ("action", "is_live", ("knowledge_base", OwnRows))
    search_fields = ("key", "examples__text", "reply_zh", "reply_en")
    inlines = (ExampleInline,)
