"""Django's admin as the company's back office: whoever belongs to a company comes in; what they see there, their rights say.

Signing in is allauth's business, so that limits and the second factor stand in one place.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from csbot.accounts.callers import caller_of

# What stands on the index, by what people come for; whatever is registered and not named here follows at the end.
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Knowledge"), ("Faq", "Article", "Intent", "WordList", "Word", "WordRule", "WordHit", "WordChange", "KnowledgeBase")),
    (_("Conversations"), ("Conversation", "CannedReply", "Label")),
    (_("Company"), ("Site", "Agent", "Lookup", "ApiKey", "Endpoint", "Delivery", "AuditEntry")),
    (_("Installation"), ("Company", "User", "Authenticator")),
)
NAMES = {"Authenticator": _("Authenticator apps")}
HIDDEN = ("Group", "EmailAddress")  # of the libraries: rights are roles here, and no mail is sent
# Pages of knowledge that are no rows.
PAGES = ((_("Promise"), "promise_first"), (_("Check answers"), "review_first"), (_("Try a question"), "console"), (_("Gold cases"), "gold_first"))


class BackOffice(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_active and (user.is_staff or hasattr(user, "agent"))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        rows = {row["object_name"]: row for app in apps for row in app["models"] if row["object_name"] not in HIDDEN}
        named = {name for _, names in GROUPS for name in names}
        groups = [*GROUPS, (_("Other"), tuple(name for name in rows if name not in named))]
        found = [self._group(title, mine) for title, names in groups if (mine := [rows[name] for name in names if name in rows])]
        if found and "KnowledgeBase" in rows and self._may_curate(request):
            found[0]["models"] += [_page(title, address) for title, address in PAGES]
        return found

    def _may_curate(self, request: HttpRequest) -> bool:
        caller = caller_of(request)
        return request.user.is_superuser or (caller is not None and caller.may("knowledge.edit"))

    def _group(self, title: Any, rows: list[Any]) -> dict[str, Any]:
        for row in rows:
            row["name"] = NAMES.get(row["object_name"], row["name"])
        label = rows[0]["model"]._meta.app_label
        return {"name": title, "app_label": label, "app_url": reverse("admin:index"), "has_module_perms": True, "models": rows}


def _page(title: Any, address: str) -> dict[str, Any]:
    return {"name": title, "object_name": address, "admin_url": reverse(address), "add_url": None, "view_only": True, "perms": {}}
