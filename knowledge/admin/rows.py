"""Row-level access: an editor sees the rows of their own company, a superuser all of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin

from knowledge import told
from knowledge.importing import is_newer_than_published
from knowledge.models import KnowledgeBase

MOST_BASES = 5
EDITORS = ("admin", "editor")


def company_of(request: HttpRequest) -> Any:
    """The company of whoever is signed in; None for people without one (who then see nothing)."""
    agent = getattr(request.user, "agent", None)
    return agent.company_id if agent else None


def sites_of(request: HttpRequest) -> list[Any]:
    """The ids of the sites that whoever is signed in is limited to; empty for those who see all of their company's."""
    agent = getattr(request.user, "agent", None)
    return [] if agent is None or request.user.is_superuser else list(agent.sites.values_list("pk", flat=True))


def bases_of(request: HttpRequest) -> list[Any] | None:
    """The knowledge bases of the sites that they are limited to; None for every one of the company."""
    agent = getattr(request.user, "agent", None)
    return list(agent.sites.values_list("knowledge_base", flat=True)) if agent and sites_of(request) else None


def own_bases(request: HttpRequest) -> QuerySet[KnowledgeBase]:
    if request.user.is_superuser:
        return KnowledgeBase.objects.all()
    rows = KnowledgeBase.objects.filter(company=company_of(request))
    bases = bases_of(request)
    return rows if bases is None else rows.filter(pk__in=bases)


def role_of(request: HttpRequest) -> str:
    return getattr(getattr(request.user, "agent", None), "role", "")


class OwnRows(admin.RelatedFieldListFilter):
    """A list filter by rows that name their company: an editor is offered those of their own."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        own: dict[str, Any] = {} if request.user.is_superuser else {"company": company_of(request)}
        if (bases := bases_of(request)) is not None and field.remote_field.model._meta.label == "knowledge.KnowledgeBase":
            own["pk__in"] = bases
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to=own)


class OfOwnCompany(admin.ModelAdmin):  # type: ignore[type-arg]
    """`company_path` leads from a row to its company, `base_path` to its knowledge base; without one a row is the whole company's, and whoever
    is limited to some sites reads it only.
    """

    company_path = "knowledge_base__company"
    base_path: str | None = "knowledge_base"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        rows = rows.filter(**{self.company_path: company_of(request)})
        bases = bases_of(request)
        return rows if bases is None or self.base_path is None else rows.filter(**{f"{self.base_path}__in": bases})

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and field.queryset is not None and not request.user.is_superuser and db_field.name in ("knowledge_base", "company"):
            path = "company" if db_field.name == "knowledge_base" else "pk"
            field.queryset = field.queryset.filter(**{path: company_of(request)})
            if db_field.name == "knowledge_base" and (bases := bases_of(request)) is not None:
                field.queryset = field.queryset.filter(pk__in=bases)
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Where there is one knowledge base only, it is that one."""
        bases = list(own_bases(request).values_list("pk", flat=True)[:2])
        own = {"knowledge_base": bases[0]} if len(bases) == 1 else {}
        return {**own, **super().get_changeform_initial_data(request)}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Day and clock of a moment are two fields, and each of them needs a name for those who listen."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, AdminSplitDateTime):
            for part, name in zip(field.widget.widgets, (_("day"), _("time")), strict=True):
                part.attrs["aria-label"] = f"{field.label}: {name}"
        return field

    # --- told to whoever keeps a log ---------------------------------------------------------------------------------

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._tell(request, obj, "added")
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._tell(request, obj, "changed")
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self._tell(request, obj, "deleted")
        return super().log_deletions(request, queryset)

    def _tell(self, request: HttpRequest, obj: Any, what: str) -> None:
        company: Any = obj
        for step in self.company_path.split("__"):
            company = getattr(company, step)
        told.tell(what, company.pk, request.user.get_username(), str(getattr(obj, "key", obj)), obj._meta.label)

    # --- rights ------------------------------------------------------------------------------------------------------

    def _may_edit(self, request: HttpRequest) -> bool:
        is_ours = self.base_path is not None or not sites_of(request)
        return bool(request.user.is_superuser or (role_of(request) in EDITORS and is_ours))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and bool(request.user.is_superuser or role_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request) and self._is_own(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may_edit(request) and self._is_own(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may_edit(request) and self._is_own(request, obj)

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return self._may_edit(request)

    def _is_own(self, request: HttpRequest, obj: Model | None) -> bool:
        return obj is None or request.user.is_superuser or self.get_queryset(request).filter(pk=obj.pk).exists()


class KeepsHistory(OfOwnCompany, SimpleHistoryAdmin):
    """Rows of a knowledge base with their past. The library's form for an old version saves what is posted; whoever may not change, may not."""

    def history_form_view(self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None) -> HttpResponseBase:
        row: Any = get_object_or_404(self.get_queryset(request), pk=object_id)
        if request.method == "POST" and not self.has_change_permission(request, row):
            raise PermissionDenied
        # A row that came from another company has a past there.
        get_object_or_404(row.history, history_id=version_id, knowledge_base=row.knowledge_base_id)
        page: HttpResponseBase = super().history_form_view(request, object_id, version_id, extra_context)
        return page

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {**self.unpublished(request), **(extra_context or {})})

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        return super().changeform_view(request, object_id, form_url, {**self.unpublished(request), **(extra_context or {})})

    def unpublished(self, request: HttpRequest) -> dict[str, Any]:
        """What was saved does not answer yet; the page says so, with the way to publish it."""
        return {"unpublished": [base for base in own_bases(request)[:MOST_BASES] if is_newer_than_published(base.pk)]}

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.has_change_permission(request, obj)


class PartOfOwn(admin.TabularInline):  # type: ignore[type-arg]
    """Rows inside a row that was already checked."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser or role_of(request) in EDITORS)

    has_add_permission = has_change_permission
    has_delete_permission = has_change_permission

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name in ("text", "term"):
            field.widget.attrs.setdefault("style", "width: 32em")
        return field
