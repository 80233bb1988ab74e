"""Doors for programs: keys, errors, pages of results, and the OpenAI-compatible endpoint."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "csbot.api"
    label = "api"
    verbose_name = _("Doors for programs")
