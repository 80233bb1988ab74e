"""The widget app."""

from __future__ import annotations

from django.apps import AppConfig


class WidgetConfig(AppConfig):
    name = "csbot.widget"
    label = "widget"
