"""Figures about conversations and the engine."""

from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "csbot.reports"
    label = "reports"
