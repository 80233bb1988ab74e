"""Imports and removals of words: what each of them changed, and the button that undoes it. knowledge.word_lists does the work."""

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
from knowledge.models import WordChange
from knowledge.word_lists import change_undo

MOST_SHOWN = 50


@admin.register(WordChange)
class WordChangeAdmin(OfOwnCompany):
    company_path = "company"
    base_path = None
    list_display = ("created", "kind", "list_name", "file_name", "by", "num_added", "num_changed", "num_removed", "undone")
    fields = (*list_display, "undone_by", "told", "left_told")
    readonly_fields = ("told", "left_told")
    change_form_template = "admin/knowledge/wordchange/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        is_list = not (request.resolver_match and request.resolver_match.kwargs)
        return cast("QuerySet[Any]", rows.defer("rows") if is_list else rows)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.undo))
        return [path("<int:pk>/undo/", view, name="knowledge_wordchange_undo"), *super().get_urls()]

    # --- written by imports and removals only ------------------------------------------------------------------------

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
        if change_undo(made, by=request.user.get_username()):
            self.log_change(request, made, gettext("undone"))
            messages.success(request, gettext("It was undone; the filter knows within seconds."))
        else:
            messages.warning(request, gettext("This was undone already."))
        return redirect("admin:knowledge_wordchange_change", made.pk)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        made: Any = self.get_object(request, object_id)
        may_undo = bool(made and (made.undone is None or made.left) and self._may_edit(request))
        undo_at = reverse("admin:knowledge_wordchange_undo", args=[made.pk]) if may_undo else ""
        told = {"undo_at": undo_at, "title": gettext("Change of a word list"), "subtitle": str(made) if made else None}
        page: HttpResponse = super().change_view(request, object_id, form_url, {**told, **(extra_context or {})})
        return page

    # --- shown -------------------------------------------------------------------------------------------------------

    @admin.display(description=_("what it changed"))
    def told(self, made: WordChange) -> str:
        named = {(True, False): gettext("added"), (False, True): gettext("removed"), (False, False): gettext("changed")}
        rows = [(named[before is None, after is None], term) for term, before, after in made.rows[:MOST_SHOWN]]
        more = [("…", "")] if len(made.rows) > MOST_SHOWN else []
        return format_html_join("", "<div>{} {}</div>", [*rows, *more]) or "–"

    @admin.display(description=_("left alone when it was undone, because people changed it since"))
    def left_told(self, made: WordChange) -> str:
        return ", ".join(made.left[:MOST_SHOWN]) or "–"
