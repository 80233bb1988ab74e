"""What editors make of real questions: knowledge from unanswered ones, promises, checked answers, and questions tried out."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CurationConfig(AppConfig):
    name = "csbot.curation"
    label = "curation"
    verbose_name = _("Curation")
