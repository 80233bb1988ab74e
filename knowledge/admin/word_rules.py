"""Rules that decide what a category leads to, and the record of words that were met."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from knowledge.admin.rows import OfOwnCompany, OwnRows, company_of, sites_of
from knowledge.models import Word, WordHit, WordRule
from knowledge.word_names import CATEGORIES, WHYS, category_name


class OwnSites(OwnRows):
    """Whoever is limited to some sites is offered those."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        choices = super().field_choices(field, request, model_admin)
        mine = sites_of(request)
        return [(key, name) for key, name in choices if not mine or key in mine]


class OfOwnSites(OfOwnCompany):
    """Rows of the company, but for those of sites that somebody else sees."""

    company_path = "company"
    base_path = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows, mine = super().get_queryset(request), sites_of(request)
        return rows.filter(Q(site=None) | Q(site__in=mine)) if mine else rows


@admin.register(WordRule)
class WordRuleAdmin(OfOwnSites):
    list_display = ("category_shown", "direction_shown", "site_shown", "action", "changed")
    list_filter = ("action", "direction")
    list_select_related = ("site", "company")
    fields = ("company", "site", "category", "direction", "action")
    change_list_template = "admin/knowledge/wordrule/change_list.html"

    @admin.display(description=_("category"), ordering="category")
    def category_shown(self, rule: WordRule) -> str:
        return category_name(rule.category) if rule.category else str(_("every category"))

    @admin.display(description=_("direction"), ordering="direction")
    def direction_shown(self, rule: WordRule) -> str:
        return rule.get_direction_display() if rule.direction else str(_("every direction"))

    @admin.display(description=_("site"), ordering="site")
    def site_shown(self, rule: WordRule) -> str:
        return str(rule.site) if rule.site else str(_("every site"))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The categories that there are, to choose from; one that no word has leads to nothing."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        own = Word.objects.filter(word_list__company=company_of(request)).order_by("category").values_list("category", flat=True).distinct()
        names = dict.fromkeys([*CATEGORIES, *own, obj.category if obj else ""])
        if "category" in form.base_fields:
            choices = [("", _("every category")), *((name, category_name(name)) for name in names if name)]
            form.base_fields["category"] = forms.ChoiceField(label=_("category"), choices=choices, required=False)
        return form

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and field.queryset is not None and db_field.name == "site" and not request.user.is_superuser:
            field.queryset = field.queryset.filter(company=company_of(request))
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"company": company_of(request), **super().get_changeform_initial_data(request)}


@admin.register(WordHit)
class WordHitAdmin(OfOwnSites):
    """Written by the filter only."""

    list_display = ("at", "term", "found", "category_shown", "level", "direction", "why_shown", "site")
    list_filter = ("direction", "level", ("site", OwnSites))
    list_select_related = ("site",)
    list_per_page = 100
    show_full_result_count = False
    search_fields = ("term",)
    date_hierarchy = "at"
    fields = ("at", "term", "found", "category_shown", "level", "direction", "why_shown", "site", "conversation")
    readonly_fields = ("category_shown", "why_shown")

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission

    @admin.display(description=_("category"), ordering="category")
    def category_shown(self, hit: WordHit) -> str:
        return category_name(hit.category)

    @admin.display(description=_("decided by"), ordering="why")
    def why_shown(self, hit: WordHit) -> str:
        return str(WHYS.get(hit.why, hit.why))  # type: ignore[call-overload]
