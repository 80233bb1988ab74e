"""Imports of FAQ tables that were made: what each of them changed, and the button that undoes it. knowledge.faq_imports does the work."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from knowledge.admin.rows import OfOwnCompany
from knowledge.contracts import LANGUAGES
from knowledge.faq_imports import import_undo
from knowledge.models import FaqImport

MOST_SHOWN = 200


@admin.register(FaqImport)
class FaqImportAdmin(OfOwnCompany):
    list_display = ("created", "file_name", "knowledge_base", "by", "num_added", "num_changed", "undone")
    fields = ("created", "file_name", "knowledge_base", "by", "num_added", "num_changed", "undone", "undone_by", "rows_told", "left_told")
    readonly_fields = ("rows_told", "left_told")
    change_form_template = "admin/knowledge/faqimport/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        is_list = not (request.resolver_match and request.resolver_match.kwargs)
        return cast("QuerySet[Any]", rows.defer("rows") if is_list else rows)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.undo))
        return [path("<int:pk>/undo/", view, name="knowledge_faqimport_undo"), *super().get_urls()]

    # --- written by imports only -------------------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission

    # --- undo --------------------------------------------------------------------------------------------------------

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        made: Any = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self._may_edit(request):
            raise PermissionDenied
        if import_undo(made, by=request.user.get_username()):
            self.log_change(request, made, gettext("import undone"))
            messages.success(request, gettext("The import was undone. Publish to let it count."))
        elif made.undone:
            messages.warning(request, gettext("This import was undone already."))
        if made.left:
            told = gettext("Edited or removed since the import, and left as it is: %(keys)s")
            messages.warning(request, told % {"keys": _listed(made.left)})
        return redirect("admin:knowledge_faqimport_change", made.pk)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        made: Any = self.get_object(request, object_id)
        may_undo = bool(made and (made.undone is None or made.left) and self._may_edit(request))
        undo_at = reverse("admin:knowledge_faqimport_undo", args=[made.pk]) if may_undo else ""
        told = {"undo_at": undo_at, "title": gettext("Import of FAQs"), "subtitle": str(made) if made else None}
        page: HttpResponse = super().change_view(request, object_id, form_url, {**told, **(extra_context or {})})
        return page

    # --- shown -------------------------------------------------------------------------------------------------------

    @admin.display(description=_("what it changed"))
    def rows_told(self, made: FaqImport) -> str:
        rows = [(gettext("FAQ changed") if row["before"] else gettext("FAQ added"), _question(row), row["key"]) for row in made.rows[:MOST_SHOWN]]
        return format_html_join("", "<div>{}: {} <small>{}</small></div>", rows) or "–"

    @admin.display(description=_("left alone when it was undone, because people edited or removed it since"))
    def left_told(self, made: FaqImport) -> str:
        questions = {row["key"]: _question(row) for row in made.rows}
        return format_html_join("", "<div>{} <small>{}</small></div>", ((questions.get(key, key), key) for key in made.left)) or "–"


def _question(row: Any) -> str:
    shown = {language: text for language, text, is_shown in row["after"]["variants"] if is_shown}
    return " · ".join(shown[language] for language in LANGUAGES if language in shown) or row["key"]


def _listed(keys: list[str]) -> str:
    return ", ".join(keys[:10]) + (" …" if len(keys) > 10 else "")
