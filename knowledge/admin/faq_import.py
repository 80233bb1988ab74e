"""Import with preview and export, as the FAQ list offers them. Reading and writing are knowledge.faq_files' and knowledge.faq_table's business.

Between preview and confirmation the file lies in the storage under a name that nobody can guess.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportMixin
from import_export.forms import ConfirmImportForm, ExportForm, ImportForm
from import_export.tmp_storages import MediaStorage

from knowledge.admin.rows import own_bases
from knowledge.faq_files import CsvTable, XlsxTable, check_size
from knowledge.faq_table import FaqTable
from knowledge.models import KnowledgeBase
from knowledge.uploads import FOLDER, forget_old_uploads

FORMATS = [CsvTable, XlsxTable]


class FaqImportForm(ImportForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["import_file"].help_text = _(
            "CSV or XLSX. Phrasings stand in one cell, one a line. The quickest way to a file that fits: export a few FAQs and change them."
        )

    knowledge_base = forms.ModelChoiceField(KnowledgeBase.objects.all(), label=_("Knowledge base"))

    def clean_import_file(self) -> Any:
        check_size(self.cleaned_data["import_file"].size)
        return self.cleaned_data["import_file"]


class FaqConfirmForm(ConfirmImportForm):
    import_file_name = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    format = forms.ChoiceField(choices=[(str(place), "") for place in range(len(FORMATS))], widget=forms.HiddenInput)
    resource = forms.ChoiceField(choices=[("0", "")], widget=forms.HiddenInput, required=False)
    knowledge_base = forms.ModelChoiceField(KnowledgeBase.objects.all(), widget=forms.HiddenInput)


class ImportsFaqs(ImportExportMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    resource_classes = [FaqTable]
    import_template_name = "admin/knowledge/faq/import.html"
    import_form_class = FaqImportForm
    confirm_form_class = FaqConfirmForm
    export_form_class = ExportForm  # all columns: a part of them could not be imported again
    tmp_storage_class = MediaStorage

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_import_formats(self) -> list[Any]:
        return list(FORMATS)

    get_export_formats = get_import_formats

    def get_tmp_storage_class_kwargs(self) -> dict[str, Any]:
        return {"MEDIA_FOLDER": FOLDER}

    def write_to_tmp_storage(self, import_file: Any, input_format: Any) -> Any:
        forget_old_uploads()
        return super().write_to_tmp_storage(import_file, input_format)

    def add_data_read_fail_error_to_form(self, form: forms.Form, e: Exception) -> None:
        form.add_error("import_file", e if isinstance(e, ValidationError) else gettext("This file cannot be read as a table."))

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """A confirmation that comes twice, or for a file that is no longer there, asks for the file again."""
        if request.method == "POST" and self.has_import_permission(request) and not self.create_confirm_form(request).is_valid():
            return self._ask_again(request)
        try:
            response: HttpResponse = super().process_import(request, **kwargs)
        except (OSError, ValidationError, IntegrityError):  # the last: somebody added one of its keys meanwhile
            return self._ask_again(request)
        return response

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        if result.has_validation_errors():
            return self._ask_again(request)
        response: HttpResponse = super().process_result(result, request)
        return redirect("admin:knowledge_faqimport_change", result.kept.pk) if result.kept else response

    def _ask_again(self, request: HttpRequest) -> HttpResponse:
        messages.error(request, gettext("Nothing was imported: the uploaded file is no longer there, or does not fit any more. Upload it again."))
        return redirect("admin:knowledge_faq_import")

    # --- into which knowledge base -------------------------------------------------------------------------------

    def create_import_form(self, request: HttpRequest) -> Any:
        return _with_own_bases(request, super().create_import_form(request))

    def create_confirm_form(self, request: HttpRequest, import_form: forms.Form | None = None) -> Any:
        return _with_own_bases(request, super().create_confirm_form(request, import_form=import_form))

    def get_confirm_form_initial(self, request: HttpRequest, import_form: forms.Form | None) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_confirm_form_initial(request, import_form)
        if import_form:
            initial["knowledge_base"] = import_form.cleaned_data["knowledge_base"].pk
        return initial

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        base = form.cleaned_data.get("knowledge_base") if form is not None and hasattr(form, "cleaned_data") else None
        return {**super().get_import_resource_kwargs(request, **kwargs), "base": base}


def _with_own_bases(request: HttpRequest, form: Any) -> Any:
    if not request.user.is_superuser:
        form.fields["knowledge_base"].queryset = own_bases(request)
    return form
