"""The words of the lists, as many as there are: searched and shown by pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.admin.rows import OwnRows, company_of
from knowledge.admin.word_removal import RemovesInBulk
from knowledge.models import Word, WordList
from knowledge.sensitive.terms import can_be_listed
from knowledge.word_lists import words_remove
from knowledge.word_names import category_key, category_name


class OwnCategories(admin.SimpleListFilter):
    """Those of one's own words: the categories of others are nobody's business."""

    title = _("category")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = model_admin.get_queryset(request).order_by("category").values_list("category", flat=True).distinct()
        return [(name or "-", category_name(name)) for name in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(category="" if value == "-" else value) if value else queryset


@admin.register(Word)
class WordAdmin(RemovesInBulk):
    company_path = "word_list__company"
    base_path = None
    list_display = ("term", "category_shown", "level", "language", "note", "word_list")
    list_filter = (("word_list", OwnRows), "level", OwnCategories, "language")
    list_select_related = ("word_list",)
    list_per_page = 100
    list_max_show_all = 500
    show_full_result_count = False
    search_fields = ("term", "note")
    ordering = ("word_list", "term")
    fields = ("word_list", "term", "category", "level", "language", "note")
    change_list_template = "admin/knowledge/word/change_list.html"

    @admin.display(description=_("category"), ordering="category")
    def category_shown(self, word: Word) -> str:
        return category_name(word.category)

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and field.queryset is not None and db_field.name == "word_list" and not request.user.is_superuser:
            field.queryset = field.queryset.filter(company=company_of(request))
        return field

    def save_model(self, request: HttpRequest, obj: Word, form: ModelForm[Any], change: bool) -> None:
        obj.category = category_key(obj.category)
        lists = {obj.word_list_id, form.initial.get("word_list", obj.word_list_id)}
        super().save_model(request, obj, form, change)
        for row in WordList.objects.filter(pk__in=lists):
            row.save(update_fields=["changed"])  # tells every process to compile anew

        if obj.level != Word.Level.ALLOW and not can_be_listed(obj.term):
            told = gettext("“%(term)s” counts for nothing: a word has at least two letters, or a Chinese character.")
            messages.warning(request, told % {"term": obj})

    def remove(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        words_remove(rows, by=request.user.get_username())
