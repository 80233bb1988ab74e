"""Rows of word lists are removed in bulk and can be brought back: the pages that ask and tell say how many, not which."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from knowledge import told
from knowledge.admin.rows import OfOwnCompany

MOST_NAMED = 20


class RemovesInBulk(OfOwnCompany):
    def remove(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        raise NotImplementedError

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._remove(request, self.model._default_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._remove(request, queryset)

    def _remove(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self.remove(request, rows)
        link = format_html('<a href="{}">{}</a>', reverse("admin:knowledge_wordchange_changelist"), gettext("Undo it here"))
        messages.info(request, format_html("{} {}", gettext("What was removed can be brought back."), link))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Names some of them: the page for 75,000 words would never come."""
        rows = objs if isinstance(objs, QuerySet) else self.model._default_manager.filter(pk__in=[obj.pk for obj in objs])
        count = rows.count()
        named = [str(row) for row in rows[:MOST_NAMED]] + (["…"] if count > MOST_NAMED else [])
        needed = set() if self.has_delete_permission(request) else {str(self.opts.verbose_name)}
        return named, {str(self.opts.verbose_name_plural): count}, needed, []

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Some by name, and how many there were: 75,000 lines would hide everything else."""
        if not isinstance(queryset, QuerySet):
            return super().log_deletions(request, queryset)
        counts = queryset.order_by().values_list(self.company_path).annotate(n=Count("pk", distinct=True))
        for company, count in counts if queryset.count() > MOST_NAMED else ():
            told.tell("deleted", company, request.user.get_username(), f"{self.opts.verbose_name_plural}: {count}", self.opts.label)
        return super().log_deletions(request, queryset[:MOST_NAMED])
