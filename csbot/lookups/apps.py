"""Lookups: questions that the company's own systems answer."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LookupsConfig(AppConfig):
    name = "csbot.lookups"
    label = "lookups"
    verbose_name = _("Lookups")
