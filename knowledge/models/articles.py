"""Articles, and the passages that they are cut into."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from knowledge.models.bases import LANGUAGE_CHOICES, KnowledgeBase, in_known_language


class Article(models.Model):
    class Format(models.TextChoices):
        MARKDOWN = "markdown", "Markdown"
        PLAIN = "plain", _("plain text")

    knowledge_base = models.ForeignKey(KnowledgeBase, models.CASCADE, related_name="articles", verbose_name=_("knowledge base"))
    key = models.CharField(_("key"), max_length=80)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    format = models.CharField(_("format"), max_length=8, choices=Format.choices, default=Format.MARKDOWN)
    url = models.URLField(_("source address"), blank=True)
    is_live = models.BooleanField(_("live"), default=True)
    changed = models.DateTimeField(_("changed"), auto_now=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["key", "language"]
        constraints = [
            models.UniqueConstraint(fields=["knowledge_base", "key", "language"], name="article_key_once_per_language"),
            in_known_language("article_language_known"),
            models.CheckConstraint(condition=Q(format__in=["markdown", "plain"]), name="article_format_known"),
        ]

    def __str__(self) -> str:
        return self.title


class Passage(models.Model):
    """A heading's worth of an article; cut when the article is saved, embedded when a snapshot is built."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="passages", verbose_name=_("article"))
    position = models.PositiveIntegerField(_("position"))
    heading = models.CharField(_("heading"), max_length=300, blank=True)
    text = models.TextField(_("text"))
    page = models.PositiveIntegerField(_("page"), default=0)  # 0: the article has no pages

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["article", "position"]
        constraints = [models.UniqueConstraint(fields=["article", "position"], name="passage_position_once")]

    def __str__(self) -> str:
        return self.heading or self.text[:60]
