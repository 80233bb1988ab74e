"""The FAQ list: search, filters, variants inline, history, import with preview, export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportMixin
from import_export.forms import ConfirmImportForm, ImportForm
from simple_history.admin import SimpleHistoryAdmin

from knowledge.admin.rows import OfOwnCompany, PartOfOwn, company_of
from knowledge.faq_table import CsvTable, FaqTable, XlsxTable
from knowledge.models import Faq, FaqAnswer, KnowledgeBase, Variant


class BaseChoice(forms.Form):
    knowledge_base = forms.ModelChoiceField(KnowledgeBase.objects.all(), label=_("Knowledge base"))


class FaqImportForm(BaseChoice, ImportForm):
    pass


class FaqConfirmForm(ConfirmImportForm):
    knowledge_base = forms.ModelChoiceField(KnowledgeBase.objects.all(), widget=forms.HiddenInput)


class AnswerInline(PartOfOwn):
    model = FaqAnswer
    max_num = 2


class VariantInline(PartOfOwn):
    model = Variant


class MissingLanguage(admin.SimpleListFilter):
    title = _("language without an answer")
    parameter_name = "without"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("zh", _("Chinese")), ("en", _("English"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Faq]) -> QuerySet[Faq]:
        return queryset.exclude(answers__language=self.value()) if self.value() else queryset


@admin.register(Faq)
class FaqAdmin(OfOwnCompany, ImportExportMixin, SimpleHistoryAdmin):
    list_display = ("key", "canonical", "category", "state", "num_variants", "changed")
    list_filter = ("state", "category", MissingLanguage, "knowledge_base")
    search_fields = ("key", "variants__text", "answers__text")
    search_help_text = _("Searches keys, phrasings and answers, in both languages.")
    list_per_page = 50
    date_hierarchy = "changed"
    inlines = (AnswerInline, VariantInline)
    resource_classes = [FaqTable]
    import_form_class = FaqImportForm
    confirm_form_class = FaqConfirmForm
    formats = [CsvTable, XlsxTable]
    actions = ["make_live", "disable"]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.annotate(variant_count=Count("variants", distinct=True)).prefetch_related("variants")

    @admin.display(description=_("question"))
    def canonical(self, faq: Faq) -> str:
        return " · ".join(variant.text for variant in faq.variants.all() if variant.is_canonical)

    @admin.display(description=_("phrasings"), ordering="variant_count")
    def num_variants(self, faq: Any) -> int:
        return int(faq.variant_count)

    @admin.action(description=_("Make the chosen FAQs live (with the next publishing)"))
    def make_live(self, request: HttpRequest, faqs: QuerySet[Faq]) -> None:
        faqs.update(state=Faq.State.LIVE)

    @admin.action(description=_("Disable the chosen FAQs (with the next publishing)"))
    def disable(self, request: HttpRequest, faqs: QuerySet[Faq]) -> None:
        faqs.update(state=Faq.State.DISABLED)

    # --- import and export ---------------------------------------------------------------------------------------

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self._may_edit(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_import_formats(self) -> list[Any]:
        return [CsvTable, XlsxTable]

    get_export_formats = get_import_formats

    def add_data_read_fail_error_to_form(self, form: forms.Form, e: Exception) -> None:
        if isinstance(e, ValidationError):
            form.add_error("import_file", e)
            return
        super().add_data_read_fail_error_to_form(form, e)

    def create_import_form(self, request: HttpRequest) -> Any:
        form: Any = super().create_import_form(request)
        if not request.user.is_superuser:
            form.fields["knowledge_base"].queryset = KnowledgeBase.objects.filter(company=company_of(request))
        return form

    def get_confirm_form_initial(self, request: HttpRequest, import_form: forms.Form | None) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_confirm_form_initial(request, import_form)
        if import_form:
            initial["knowledge_base"] = import_form.cleaned_data["knowledge_base"].pk
        return initial

    def create_confirm_form(self, request: HttpRequest, import_form: forms.Form | None = None) -> Any:
        form: Any = super().create_confirm_form(request, import_form=import_form)
        if not request.user.is_superuser:
            form.fields["knowledge_base"].queryset = KnowledgeBase.objects.filter(company=company_of(request))
        return form

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        base = form.cleaned_data.get("knowledge_base") if form is not None and hasattr(form, "cleaned_data") else None
        return {**super().get_import_resource_kwargs(request, **kwargs), "base": base}
