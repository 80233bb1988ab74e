"""Admin pages of rows that belong to a company: rights decide who comes in, the company decides what is there, and changes are audited.

Superusers run the installation and see every company. Everybody else sees their own, as far as their Caller's rights go. Whoever is
limited to some sites chooses among those, and changes nothing that belongs to others or to the whole company.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import ForeignKey, ManyToManyField, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from csbot.accounts.audit import audit_write
from csbot.accounts.callers import Caller, Right, caller_of
from csbot.accounts.models import Company, Site


def caller(request: HttpRequest) -> Caller | None:
    """Asked once a request."""
    if not hasattr(request, "_caller"):
        request._caller = caller_of(request)  # type: ignore[attr-defined]
    found: Caller | None = request._caller  # type: ignore[attr-defined]
    return found


def company_of(request: HttpRequest) -> UUID | None:
    found = caller(request)
    return found.company_id if found else None


def may(request: HttpRequest, right: Right) -> bool:
    found = caller(request)
    return bool(request.user.is_superuser or (found and found.may(right)))


def sites_of(request: HttpRequest) -> QuerySet[Site]:
    """The sites that somebody sees: all of them for a superuser."""
    sites = Site.objects.order_by("name")
    if request.user.is_superuser:
        return sites
    found = caller(request)
    if found is None:
        return sites.none()
    sites = sites.filter(company=found.company_id)
    return sites if found.sites is None else sites.filter(pk__in=found.sites)


def is_limited(request: HttpRequest) -> bool:
    found = caller(request)
    return not request.user.is_superuser and found is not None and found.sites is not None


class OwnRows(admin.RelatedFieldListFilter):
    """A filter by rows that name their company offers those of one's own."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        model = field.remote_field.model
        return field.get_choices(include_blank=False, ordering=model._meta.ordering or ("pk",), limit_choices_to=self._own(model, request))

    def _own(self, model: type[Model], request: HttpRequest) -> dict[str, Any]:
        if model is Site:
            return {"pk__in": sites_of(request)}
        if request.user.is_superuser:
            return {}
        return {"pk" if model is Company else "company": company_of(request)}


class OwnedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """`company_path` leads from a row to its company, `site_path` (where there is one) to its site."""

    company_path = "company"
    site_path = ""
    see: Right = "company.manage"
    edit: Right = "company.manage"
    read_only = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        found = caller(request)
        if found is None:
            return rows.none()
        rows = rows.filter(**{self.company_path: found.company_id})
        if self.site_path and found.sites is not None:
            rows = rows.filter(Q(**{f"{self.site_path}__in": found.sites}) | Q(**{self.site_path: None}))
        return rows

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        return self._own(super().formfield_for_foreignkey(db_field, request, **kwargs), request)

    def formfield_for_manytomany(self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        return self._own(super().formfield_for_manytomany(db_field, request, **kwargs), request)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Day and clock of a moment are two fields, and each of them needs a name for those who listen."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, AdminSplitDateTime):
            for part, name in zip(field.widget.widgets, (_("day"), _("time")), strict=True):
                part.attrs["aria-label"] = f"{field.label}: {name}"
        return field

    def _own(self, field: Any, request: HttpRequest) -> Any:
        """Choices are rows of one's own company."""
        if field is None or request.user.is_superuser:
            return field
        model = field.queryset.model
        if model is Site:
            field.queryset = sites_of(request)
            if is_limited(request):  # an empty choice means every site
                field.required, field.empty_label = True, None
        elif model._meta.label == "accounts.Company":
            field.queryset = field.queryset.filter(pk=company_of(request))
        elif any(one.name == "company" for one in model._meta.fields):
            field.queryset = field.queryset.filter(company=company_of(request))
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Where there is one company only, it is that one."""
        companies = list(Company.objects.values_list("pk", flat=True)[:2]) if self.company_path == "company" else []
        own = {"company": companies[0]} if len(companies) == 1 else {}
        return {**own, **super().get_changeform_initial_data(request)}

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever has one company is not asked for it."""
        told = tuple(super().get_exclude(request, obj) or ())
        return told if request.user.is_superuser or self.company_path != "company" else (*told, "company")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if request.user.is_superuser or self.company_path != "company":
            return form
        company = company_of(request)

        class Owned(form):  # type: ignore[misc, valid-type]
            """The company is set before the row is checked, so that its rules and names that must be unique hold."""

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                if self.instance.company_id is None:
                    self.instance.company_id = company

            def _get_validation_exclusions(self) -> set[str]:
                return set(super()._get_validation_exclusions()) - {"company"}

        return Owned

    # --- rights ------------------------------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request, self.see)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, self.see) and self._is_own(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.read_only and may(request, self.edit) and self._is_own(request, obj) and self._is_within(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        is_possible = not is_limited(request) or self.site_path not in ("", "pk")  # neither for the whole company, nor a site itself
        return not self.read_only and may(request, self.edit) and is_possible

    def _is_own(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or request.user.is_superuser or self.get_queryset(request).filter(pk=obj.pk).exists()

    def _is_within(self, request: HttpRequest, obj: Any) -> bool:
        if obj is None or not is_limited(request):
            return True
        return bool(self.site_path) and self.get_queryset(request).filter(pk=obj.pk, **{f"{self.site_path}__in": sites_of(request)}).exists()

    # --- audit -------------------------------------------------------------------------------------------------------

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._audit(request, obj, "added")
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._audit(request, obj, "changed", message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self._audit(request, obj, "deleted")
        return super().log_deletions(request, queryset)

    def _audit(self, request: HttpRequest, obj: Model, action: str, changes: Any = None) -> None:
        company_id = self._company_id(obj)
        if company_id:
            told = {"fields": changes} if changes else {}
            audit_write(company_id=company_id, who=request.user, action=action, obj=obj, changes=told, request=request)  # type: ignore[arg-type]

    def _company_id(self, obj: Any) -> UUID | None:
        for step in self.company_path.split("__"):
            obj = getattr(obj, step)
        return obj.pk if obj else None


class OwnedInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows inside a row that was already checked."""

    extra = 0
    edit: Right = "company.manage"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, self.edit)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, self.edit)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, self.edit)
