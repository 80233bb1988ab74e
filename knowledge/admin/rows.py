"""Row-level access: an editor sees the rows of their own company, a superuser all of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

EDITORS = ("admin", "editor")


def company_of(request: HttpRequest) -> Any:
    """The company of whoever is signed in; None for people without one (who then see nothing)."""
    agent = getattr(request.user, "agent", None)
    return agent.company_id if agent else None


def role_of(request: HttpRequest) -> str:
    return getattr(getattr(request.user, "agent", None), "role", "")


class OwnRows(admin.RelatedFieldListFilter):
    """A list filter by rows that name their company: an editor is offered those of their own."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        own = {} if request.user.is_superuser else {"company": company_of(request)}
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to=own)


class OfOwnCompany(admin.ModelAdmin):  # type: ignore[type-arg]
    """`company_path` leads from a row to its company."""

    company_path = "knowledge_base__company"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.filter(**{self.company_path: company_of(request)})

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and field.queryset is not None and not request.user.is_superuser and db_field.name in ("knowledge_base", "company"):
            path = "company" if db_field.name == "knowledge_base" else "pk"
            field.queryset = field.queryset.filter(**{path: company_of(request)})
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Day and clock of a moment are two fields, and each of them needs a name for those who listen."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, AdminSplitDateTime):
            for part, name in zip(field.widget.widgets, (_("day"), _("time")), strict=True):
                part.attrs["aria-label"] = f"{field.label}: {name}"
        return field

    def _may_edit(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser or role_of(request) in EDITORS)

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
