"""Happenings sent to the company's own systems, signed."""

from __future__ import annotations

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "csbot.webhooks"
    label = "webhooks"
