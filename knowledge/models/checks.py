"""What people say of answers: checks, and gold cases that have to stay right."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from knowledge.ids import new_id
from knowledge.models.bases import LANGUAGE_CHOICES, KnowledgeBase, in_known_language


class CheckedAnswer(models.Model):
    """What somebody knows about a real question: whether the FAQ that was nearest is right. `turn` is the product's number of it.

    Only answers drawn blindly (`audit`) count when a promise is proven; clicks and thumbs are weaker signs.
    """

    class Verdict(models.TextChoices):
        RIGHT = "right", _("correct")
        WRONG = "wrong", _("wrong")
        OTHER = "other", _("another FAQ is right")
        SKIPPED = "skipped", _("skipped")

    class By(models.TextChoices):
        AUDIT = "audit", _("drawn blindly")
        NEAR = "near", _("near the line")
        CONSOLE = "console", _("console")
        CLICK = "click", _("the visitor's choice")
        THUMB = "thumb", _("the visitor's thumb")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    knowledge_base = models.ForeignKey(KnowledgeBase, models.CASCADE, related_name="checked", verbose_name=_("knowledge base"))
    turn = models.UUIDField(_("turn"))
    question = models.TextField(_("question"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES)
    faq = models.CharField(_("FAQ"), max_length=80, blank=True)
    verdict = models.CharField(_("verdict"), max_length=7, choices=Verdict.choices)
    right_faq = models.CharField(_("the right FAQ"), max_length=80, blank=True)
    source = models.CharField(_("source"), max_length=7, choices=By.choices)
    chance = models.FloatField(_("chance"), null=True, blank=True)
    snapshot = models.CharField(_("snapshot"), max_length=64, blank=True)
    who = models.CharField(_("who"), max_length=150, blank=True)
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("checked answer")
        verbose_name_plural = _("checked answers")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["knowledge_base", "turn", "source"], name="checked_once_per_source"),
            models.CheckConstraint(condition=Q(verdict__in=["right", "wrong", "other", "skipped"]), name="checked_verdict_known"),
            models.CheckConstraint(condition=Q(source__in=["audit", "near", "console", "click", "thumb"]), name="checked_source_known"),
            models.CheckConstraint(condition=~Q(verdict="other") | ~Q(right_faq=""), name="checked_other_is_named"),
            in_known_language("checked_language_known"),
        ]
        indexes = [models.Index(fields=["knowledge_base", "source", "at"], name="checked_by_source")]

    def __str__(self) -> str:
        return self.question[:60]


class GoldCase(models.Model):
    """A question whose outcome is known: this FAQ, or (empty) none of them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    knowledge_base = models.ForeignKey(KnowledgeBase, models.CASCADE, related_name="gold_cases", verbose_name=_("knowledge base"))
    question = models.CharField(_("question"), max_length=500)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES)
    faq = models.CharField(_("FAQ"), max_length=80, blank=True)
    by = models.CharField(_("who"), max_length=150, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("gold case")
        verbose_name_plural = _("gold cases")
        ordering = ["faq", "question"]
        constraints = [
            models.UniqueConstraint(fields=["knowledge_base", "language", "question"], name="gold_case_once"),
            in_known_language("gold_case_language_known"),
        ]

    def __str__(self) -> str:
        return self.question
