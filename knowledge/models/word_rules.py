"""What surrounds the lists of sensitive words: rules, what was found, and changes that can be undone."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Heard(models.TextChoices):
    """Who says it: Direction, with names."""

    VISITOR = "visitor", _("from visitors")
    BOT = "bot", _("from the bot")
    AGENT = "agent", _("from agents")


class Action(models.TextChoices):
    """Level, with names."""

    LOG_ONLY = "log only", _("log only")
    MASK = "mask", _("mask")
    WARN_AGENT = "warn agent", _("warn the agent")
    HAND_OVER = "hand over", _("hand over to a person")
    BLOCK = "block", _("block")


class WordRule(models.Model):
    """Decides for a category what its words lead to, whatever level they have themselves. The nearer rule holds: see knowledge.sensitive.rules."""

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", verbose_name=_("company"))
    site = models.ForeignKey(
        "accounts.Site", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("site"), help_text=_("Empty: every site.")
    )
    category = models.CharField(_("category"), max_length=40, blank=True, help_text=_("Empty: every category."))
    direction = models.CharField(_("direction"), max_length=7, choices=Heard.choices, blank=True, help_text=_("Empty: every direction."))
    action = models.CharField(_("action"), max_length=10, choices=Action.choices)
    changed = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("word rule")
        verbose_name_plural = _("word rules")
        constraints = [
            models.UniqueConstraint(fields=["site", "category", "direction"], condition=Q(site__isnull=False), name="word_rule_once_per_site"),
            models.UniqueConstraint(fields=["company", "category", "direction"], condition=Q(site__isnull=True), name="word_rule_once"),
            models.CheckConstraint(condition=Q(direction__in=["", *Heard.values]), name="word_rule_direction_known"),
            models.CheckConstraint(condition=Q(action__in=Action.values), name="word_rule_action_known"),
        ]

    def __str__(self) -> str:
        return f"{self.category or '*'} · {self.direction or '*'} · {self.action}"

    def clean(self) -> None:
        site: Any = self.site
        if site and site.company_id != self.company_id:
            raise ValidationError({"site": _("This site belongs to another company.")})


class WordHit(models.Model):
    """A listed word that was met, and what came of it. Written once, never changed."""

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", verbose_name=_("company"))
    site = models.ForeignKey("accounts.Site", models.SET_NULL, null=True, related_name="+", verbose_name=_("site"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    direction = models.CharField(_("direction"), max_length=7, choices=Heard.choices)
    term = models.CharField(_("term"), max_length=100)
    found = models.CharField(_("as it stood there"), max_length=256)
    category = models.CharField(_("category"), max_length=40, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Action.choices)
    why = models.CharField(_("decided by"), max_length=7, blank=True)
    conversation = models.UUIDField(_("conversation"), null=True)

    class Meta:
        verbose_name = _("word that was met")
        verbose_name_plural = _("words that were met")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["company", "-at"], name="word_hits_by_company"),
            models.Index(fields=["conversation", "level"], name="word_hits_by_conversation"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(direction__in=Heard.values), name="word_hit_direction_known"),
            models.CheckConstraint(condition=Q(level__in=Action.values), name="word_hit_level_known"),
        ]

    def __str__(self) -> str:
        return self.term


class WordChange(models.Model):
    """What an import or a removal did to a list: enough to undo it. `rows`: [term, before, after], each [category, level, language, note] or null."""

    class Kind(models.TextChoices):
        IMPORT = "import", _("imported")
        WORDS = "words", _("words removed")
        LIST = "list", _("list removed")

    company = models.ForeignKey("accounts.Company", models.CASCADE, related_name="+", verbose_name=_("company"))
    word_list = models.ForeignKey("WordList", models.SET_NULL, null=True, editable=False, related_name="+")
    list_name = models.CharField(_("word list"), max_length=100)
    kind = models.CharField(_("what happened"), max_length=6, choices=Kind.choices)
    was_live = models.BooleanField(default=True, editable=False)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    by = models.CharField(_("who"), max_length=150, blank=True)
    created = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    num_added = models.PositiveIntegerField(_("words added"), default=0)
    num_changed = models.PositiveIntegerField(_("words changed"), default=0)
    num_removed = models.PositiveIntegerField(_("words removed"), default=0)
    rows = models.JSONField(default=list, editable=False)
    undone = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.CharField(_("undone by"), max_length=150, blank=True)
    left = models.JSONField(_("left alone"), default=list, editable=False)

    class Meta:
        verbose_name = _("change of a word list")
        verbose_name_plural = _("changes of word lists")
        ordering = ["-created", "-id"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=["import", "words", "list"]), name="word_change_kind_known")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.list_name}"
