"""Lists of sensitive words."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from knowledge.contracts import LANGUAGES
from knowledge.models.bases import LANGUAGE_CHOICES


class WordList(models.Model):
    """Sensitive words of a company. `changed` tells every process to compile anew."""

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", verbose_name=_("company"))
    name = models.CharField(_("name"), max_length=100)
    is_live = models.BooleanField(_("live"), default=True)
    changed = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("word list")
        verbose_name_plural = _("word lists")
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="word_list_name_once")]

    def __str__(self) -> str:
        return self.name


class Word(models.Model):
    class Level(models.TextChoices):
        LOG_ONLY = "log only", _("log only")
        MASK = "mask", _("mask")
        WARN_AGENT = "warn agent", _("warn the agent")
        HAND_OVER = "hand over", _("hand over to a person")
        BLOCK = "block", _("block")
        ALLOW = "allow", _("allow (never a hit)")

    word_list = models.ForeignKey(WordList, models.CASCADE, related_name="words", verbose_name=_("word list"))
    term = models.CharField(_("term"), max_length=100)
    category = models.CharField(_("category"), max_length=40, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices, default=Level.BLOCK)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")
        constraints = [
            models.UniqueConstraint(fields=["word_list", "term"], name="word_once_per_list"),
            models.CheckConstraint(condition=Q(level__in=["log only", "mask", "warn agent", "hand over", "block", "allow"]), name="word_level_known"),
            models.CheckConstraint(condition=Q(language__in=["", *LANGUAGES]), name="word_language_known"),
        ]

    def __str__(self) -> str:
        return self.term
