"""Names our admin site in the place of Django's own; apart from it, because it is read before any model may be."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    default_site = "csbot.accounts.adminsite.BackOffice"
