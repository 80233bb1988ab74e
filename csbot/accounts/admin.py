"""People, companies and sites in Django's admin. Superusers and whoever was given Django's permissions."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from csbot.accounts.models import Agent, Company, Site, User

# One way in, with one place for limits and the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.register(User, UserAdmin)


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "slug", "created")
    search_fields = ("name", "slug")


@admin.register(Site)
class SiteAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "key", "company", "knowledge_base", "is_active")
    list_filter = ("company", "is_active")
    search_fields = ("name", "key")
    readonly_fields = ("snippet",)

    @admin.display(description=_("snippet for the page"))
    def snippet(self, site: Site) -> SafeString | str:
        if not site.key:
            return "–"
        return format_html('<code>&lt;script async src="…/widget/loader.js" data-site="{}"&gt;&lt;/script&gt;</code>', site.key)


@admin.register(Agent)
class AgentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("display_name", "user", "company", "role", "capacity")
    list_filter = ("company", "role")
    search_fields = ("display_name", "user__username")
