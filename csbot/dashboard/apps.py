"""The agents' app and its API."""

from __future__ import annotations

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "csbot.dashboard"
    label = "dashboard"
