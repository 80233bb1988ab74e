"""Knowledge bases with their promise, and the snapshots that are published of them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from knowledge.contracts import LANGUAGES
from knowledge.ids import new_id

LANGUAGE_CHOICES = [("zh", _("Chinese")), ("en", _("English"))]


def in_known_language(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(language__in=list(LANGUAGES)), name=name)


class Promise(models.IntegerChoices):
    """Of 100 direct answers, at most so many are wrong."""

    CAREFUL = 1, _("careful (at most 1 of 100 wrong)")
    BALANCED = 3, _("balanced (at most 3 of 100 wrong)")
    EAGER = 7, _("eager (at most 7 of 100 wrong)")


class KnowledgeBase(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey("accounts.Company", models.PROTECT, related_name="+", verbose_name=_("company"))
    name = models.CharField(_("name"), max_length=100)
    promise = models.PositiveSmallIntegerField(_("promise"), choices=Promise.choices, default=Promise.BALANCED)
    category_promises: Any = models.JSONField(_("promises of categories"), default=dict, blank=True, editable=False)
    published_snapshot = models.ForeignKey("Snapshot", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published snapshot"))
    publishing_since = models.DateTimeField(_("publishing since"), null=True, blank=True, editable=False)
    publishing_seen = models.DateTimeField(_("last sign of the publishing"), null=True, blank=True, editable=False)
    texts_done = models.PositiveIntegerField(_("texts encoded"), default=0, editable=False)
    texts_all = models.PositiveIntegerField(_("texts in all"), default=0, editable=False)
    publish_error = models.TextField(_("why the last publishing failed"), blank=True, editable=False)

    class Meta:
        verbose_name = _("knowledge base")
        verbose_name_plural = _("knowledge bases")
        constraints = [models.CheckConstraint(condition=Q(promise__in=[1, 3, 7]), name="knowledge_base_promise_known")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if KnowledgeBase.objects.filter(pk=self.pk).exclude(company=self.company_id).exists():  # sites of its company answer from it
            raise ValidationError({"company": _("A knowledge base stays with its company. Make another one for the other company.")})


class Snapshot(models.Model):
    """An immutable build of a knowledge base: its files lie content-addressed in the storage, listed with their SHA-256."""

    id = models.CharField(primary_key=True, max_length=64, editable=False)
    knowledge_base = models.ForeignKey(KnowledgeBase, models.CASCADE, related_name="snapshots", verbose_name=_("knowledge base"))
    number = models.PositiveIntegerField(_("number"))
    manifest: Any = models.JSONField(_("manifest"), default=dict)
    report: Any = models.JSONField(_("report"), default=dict, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    edits_until = models.DateTimeField(_("edits until"), null=True, blank=True)
    published = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.CharField(_("published by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["knowledge_base", "number"], name="snapshot_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="snapshot_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"
