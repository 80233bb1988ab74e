"""Conversations: the heart of the product."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConversationsConfig(AppConfig):
    name = "csbot.conversations"
    label = "conversations"
    verbose_name = _("Conversations")
