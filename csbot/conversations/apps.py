"""Conversations: the heart of the product."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConversationsConfig(AppConfig):
    name = "csbot.conversations"
    label = "conversations"
    verbose_name = _("Conversations")

    def ready(self) -> None:
        from csbot.conversations.heard import last_said
        from knowledge import facade as knowledge

        knowledge.messages_from(last_said)
