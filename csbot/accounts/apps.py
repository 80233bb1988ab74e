"""Companies, sites, agents and their roles."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "csbot.accounts"
    label = "accounts"
    verbose_name = _("Companies and people")

    def ready(self) -> None:
        from csbot.accounts import audit

        audit.listen()
