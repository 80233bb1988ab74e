"""People, companies and sites in the back office. Companies and users are the installation's business; sites and agents the company's."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from csbot.accounts.forms import AgentForm
from csbot.accounts.hourstext import DAY_NAMES
from csbot.accounts.models import Agent, AuditEntry, Company, Site, User
from csbot.accounts.owned import OwnedAdmin, OwnRows, is_limited, may, sites_of
from csbot.accounts.people import invitation_path, is_last_administrator, is_operator
from csbot.accounts.siteforms import SiteForm, texts_of
from csbot.conversations.identity import identity_secret_renew
from csbot.lib.sealed import unseal

IDENTITY_HELP = _(
    "Your server can vouch for who is signed in: it signs {sub: your number for them, exp, name?, email?} as a JSON Web Token (HS256) with this "
    "secret, and the page passes it on as data-identity or by csbot.identify(token)."
)
TEXT_SETS = {"zh": _("texts in Chinese (empty: the product's own)"), "en": _("texts in English (empty: the product's own)")}

admin.site.register(User, UserAdmin)


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "slug", "created")
    search_fields = ("name", "slug")


@admin.register(Site)
class SiteAdmin(OwnedAdmin):
    list_display = ("name", "key", "company", "knowledge_base", "is_active")
    list_filter = (("company", OwnRows), "is_active")
    search_fields = ("name", "key")
    form = SiteForm
    readonly_fields = ("identity_secret",)
    actions = ("renew_identity_secret",)
    site_path = "pk"
    change_form_template = "admin/accounts/site/change_form.html"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        company = ("company",) if request.user.is_superuser else ()
        texts = [(name, {"classes": ("collapse",), "fields": texts_of(language)}) for language, name in TEXT_SETS.items()]
        return [
            (None, {"fields": (*company, "name", "key", "knowledge_base", "is_active")}),
            (_("who may show the chat"), {"fields": ("allowed_origins",)}),
            (_("languages and time"), {"fields": ("languages", "default_language", "time_zone")}),
            (_("who visitors are"), {"fields": ("identity_secret",), "description": IDENTITY_HELP}),
            (_("personal data"), {"fields": ("hides_personal",)}),
            (_("appearance"), {"fields": ("colour", "position", "mark")}),
            (_("business hours"), {"fields": ("is_always_open", *(f"day_{day}" for day in DAY_NAMES), "exceptions")}),
            *texts,
        ]

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        address = settings.CSBOT.public_url.rstrip("/") or f"{request.scheme}://{request.get_host()}"
        return super().changeform_view(request, object_id, form_url, {"address": address, **(extra_context or {})})

    @admin.display(description=_("secret"))
    def identity_secret(self, site: Site) -> SafeString | str:
        if not site.sealed_identity_secret:
            return gettext("It is made when you save.")
        unreadable = gettext("It cannot be read with this installation's key. Make a new one.")
        return format_html("<code>{}</code>", unseal(site.sealed_identity_secret) or unreadable)

    def save_model(self, request: HttpRequest, obj: Site, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.sealed_identity_secret:
            identity_secret_renew(obj)

    @admin.action(description=_("Make a new secret for visitors' identities (the old one ends at once)"), permissions=["change"])
    def renew_identity_secret(self, request: HttpRequest, chosen: QuerySet[Site]) -> None:
        for site in chosen:
            identity_secret_renew(site)
            self._audit(request, site, "secret_renewed")
        messages.success(request, gettext("Open the site to copy its new secret."))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A site's conversations are the company's memory: it is switched off instead. And whoever is limited to it would see all of them."""
        is_free = obj is None or not obj.agents.exists()
        return request.user.is_superuser and is_free and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """One by one, so that those who are limited to it are noticed."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}


@admin.register(Agent)
class AgentAdmin(OwnedAdmin):
    form = AgentForm
    list_display = ("display_name", "user", "role", "may_sign_in", "is_available")
    list_filter = (("company", OwnRows), "role")
    search_fields = ("display_name", "user__username")
    actions = ("invite",)

    @admin.display(description=_("may sign in"), boolean=True)
    def may_sign_in(self, agent: Agent) -> bool:
        return agent.user.is_active

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user", "company")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.by_operator = request.user.is_superuser
        return form

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return may(request, self.edit)

    def _is_within(self, request: HttpRequest, obj: Any) -> bool:
        """Nobody gives more sites than they have, to themselves or to others: only those who see no more are theirs to change."""
        if obj is None or not is_limited(request):
            return True
        theirs = set(obj.sites.values_list("pk", flat=True))
        return bool(theirs) and obj.user_id != request.user.pk and theirs <= set(sites_of(request).values_list("pk", flat=True))

    def save_model(self, request: HttpRequest, obj: Agent, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.user.has_usable_password():
            self._show_link(request, obj)

    @admin.action(description=_("Make a link to choose a password"), permissions=["change"])
    def invite(self, request: HttpRequest, chosen: QuerySet[Agent]) -> None:
        for agent in chosen:
            if self._is_within(request, agent):
                self._show_link(request, agent)

    def _show_link(self, request: HttpRequest, agent: Agent) -> None:
        """With the link one becomes that person: of those who run the installation, only their like may have one."""
        if is_operator(agent.user) and not request.user.is_superuser:
            return
        self._audit(request, agent, "invited")
        told = gettext("Give this link to %(name)s. It works once, for three days:") % {"name": agent.display_name}
        messages.success(request, format_html("{} <code>{}</code>", told, request.build_absolute_uri(invitation_path(agent.user))))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and is_last_administrator(obj))

    def get_actions(self, request: HttpRequest) -> Any:
        """One by one, so that the last administrator is noticed."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}


DEEDS = {
    "added": _("added"),
    "changed": _("changed"),
    "deleted": _("deleted"),
    "imported": _("imported"),
    "published": _("published"),
    "question_faq": _("FAQ made of a question"),
    "question_variant": _("question added as a phrasing"),
    "question_ignore": _("question set aside"),
    "question_open": _("question opened again"),
    "promise_set": _("promise chosen"),
    "console_variant": _("question added as a phrasing"),
    "console_disable": _("FAQ disabled"),
    "console_right": _("answer marked as right"),
    "console_wrong": _("answer marked as wrong"),
    "console_gold": _("gold case made"),
    "invited": _("link to choose a password made"),
    "password_chosen": _("password chosen"),
    "secret_renewed": _("secret renewed"),
    "signed_in": _("signed in"),
    "sign_in_failed": _("sign-in failed"),
    "second_factor_added": _("authenticator app added"),
    "second_factor_removed": _("authenticator app removed"),
    "test_sent": _("test event sent"),
    "sent_again": _("sent again"),
}


@admin.register(AuditEntry)
class AuditAdmin(OwnedAdmin):
    """Of the whole company, so not for those who see some of its sites."""

    read_only = True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) and not is_limited(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and not is_limited(request)

    list_display = ("at", "actor", "deed", "kind", "object_name", "address")
    list_filter = ("action", ("company", OwnRows))
    search_fields = ("actor", "object_name", "object_id")
    fields = ("at", "actor", "deed", "kind", "object_name", "object_id", "changes", "address")

    @admin.display(description=_("action"), ordering="action")
    def deed(self, entry: AuditEntry) -> str:
        return str(DEEDS.get(entry.action, entry.action))

    @admin.display(description=_("kind of object"), ordering="object_type")
    def kind(self, entry: AuditEntry) -> str:
        try:
            return str(apps.get_model(entry.object_type)._meta.verbose_name) if entry.object_type else "–"
        except (LookupError, ValueError):  # of an older version
            return entry.object_type

    date_hierarchy = "at"
