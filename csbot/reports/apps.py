"""Reports and the engine's page. No rows of its own."""

from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "csbot.reports"
    label = "reports"
