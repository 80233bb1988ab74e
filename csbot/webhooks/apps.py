"""Webhooks: the company's own systems are told of what happens."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "csbot.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        from csbot.conversations import happenings
        from csbot.webhooks.telling import tell

        happenings.listen(tell)
