"""Changes that were made elsewhere, as the admin shows them: written by nobody here, and undone by one button.

Knows pages and rights. What a change is, and how it is undone, its own admin says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from knowledge.admin.rows import OfOwnCompany

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class UndoableAdmin(OfOwnCompany):
    """For models with the fields `rows` (what changed), `undone` (when) and `left` (what an undo had to leave alone)."""

    title: StrOrPromise

    def undo_change(self, request: HttpRequest, made: Any) -> None:
        """Undo it, and tell the person what became of it."""
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        is_list = not (request.resolver_match and request.resolver_match.kwargs)
        return cast("QuerySet[Any]", rows.defer("rows") if is_list else rows)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.undo))
        return [path("<int:pk>/undo/", view, name=self._name("undo")), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        made: Any = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self._may_edit(request):
            raise PermissionDenied
        self.undo_change(request, made)
        return redirect(f"admin:{self._name('change')}", made.pk)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        made: Any = self.get_object(request, object_id)
        may_undo = bool(made and (made.undone is None or made.left) and self._may_edit(request))
        undo_at = reverse(f"admin:{self._name('undo')}", args=[made.pk]) if may_undo else ""
        told = {"undo_at": undo_at, "title": self.title, "subtitle": str(made) if made else None}
        page: HttpResponse = super().change_view(request, object_id, form_url, {**told, **(extra_context or {})})
        return page

    def _name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"
