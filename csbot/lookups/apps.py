"""Tools into the company's own systems."""

from __future__ import annotations

from django.apps import AppConfig


class LookupsConfig(AppConfig):
    name = "csbot.lookups"
    label = "lookups"
