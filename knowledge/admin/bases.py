"""Knowledge bases: the promise, and publish and roll back with their history."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from knowledge import publishing
from knowledge.admin.rows import OfOwnCompany
from knowledge.errors import KnowledgeError, in_words
from knowledge.models import KnowledgeBase, Snapshot


def contents_in_words(report: dict[str, Any]) -> list[str]:
    """What a snapshot's builder wrote down of it, as far as this version knows the names."""
    sentences = {
        "faqs": _("FAQs: %(value)s"),
        "passages": _("passages: %(value)s"),
        "intents": _("intents: %(value)s"),
        "seconds": _("made in %(value)s s"),
    }
    return [sentence % {"value": report[name]} for name, sentence in sentences.items() if name in report]


@admin.register(KnowledgeBase)
class KnowledgeBaseAdmin(OfOwnCompany):
    company_path = "company"
    base_path = "pk"
    list_display = ("name", "company", "promise", "published_number", "publishing_since")
    fields = ("name", "company", "promise", "published_snapshot", "publishing_since", "failure")
    readonly_fields = ("published_snapshot", "publishing_since", "failure")
    change_form_template = "admin/knowledge/knowledgebase/change_form.html"

    @admin.display(description=gettext_lazy("published snapshot"))
    def published_number(self, base: KnowledgeBase) -> str:
        return str(base.published_snapshot or "–")

    @admin.display(description=gettext_lazy("why the last publishing failed"))
    def failure(self, base: KnowledgeBase) -> str:
        return in_words(base.publish_error) if base.publish_error else "–"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/snapshots/", view(self.snapshots_page), name="knowledge_snapshots"),
            path("<uuid:pk>/publish/", view(require_POST(self.publish)), name="knowledge_publish"),
            path("<uuid:pk>/rollback/<str:snapshot_id>/", view(require_POST(self.rollback)), name="knowledge_rollback"),
            *super().get_urls(),
        ]

    def snapshots_page(self, request: HttpRequest, pk: Any) -> HttpResponse:
        base = get_object_or_404(self.bases(request), pk=pk)
        if not self.has_view_permission(request, base):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Snapshots of %(name)s") % {"name": base.name},
            "base": base,
            "failure": self.failure(base) if base.publish_error else "",
            "snapshots": [(snapshot, contents_in_words(snapshot.report)) for snapshot in base.snapshots.all()[:50]],
            "opts": self.opts,
            "may_publish": self.has_change_permission(request, base),
        }
        return render(request, "admin/knowledge/knowledgebase/snapshots.html", context)

    def publish(self, request: HttpRequest, pk: Any) -> HttpResponse:
        base = self._changeable(request, pk)
        if publishing.publishing_start(base=base, actor=request.user.get_username()):
            messages.success(request, _("A new snapshot is being made. It answers as soon as it is listed here as published."))
        else:
            messages.warning(request, _("A snapshot is being made already. Please wait for it."))
        return redirect(reverse("admin:knowledge_snapshots", args=[base.pk]))

    def rollback(self, request: HttpRequest, pk: Any, snapshot_id: str) -> HttpResponse:
        from knowledge import snapshots

        base = self._changeable(request, pk)
        snapshot = get_object_or_404(Snapshot, pk=snapshot_id, knowledge_base=base)
        try:
            snapshots.rollback(str(base.pk), snapshot.pk, actor=request.user.get_username())
        except KnowledgeError as error:
            messages.error(request, in_words(error))
        else:
            messages.success(request, _("Snapshot %(number)s answers again.") % {"number": snapshot})
        return redirect(reverse("admin:knowledge_snapshots", args=[base.pk]))

    def bases(self, request: HttpRequest) -> QuerySet[KnowledgeBase]:
        rows: Any = self.get_queryset(request)
        return cast("QuerySet[KnowledgeBase]", rows)

    def _changeable(self, request: HttpRequest, pk: Any) -> KnowledgeBase:
        base = get_object_or_404(self.bases(request), pk=pk)
        if not self.has_change_permission(request, base):
            raise PermissionDenied
        return base
