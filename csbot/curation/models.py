"""Questions that are tried in one go: a file of them, or a base's gold cases. One row a go, with its questions and what came of them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from csbot.accounts.models import Company, Site
from csbot.lib.ids import new_id


class Trial(models.Model):
    """`rows` are [question, language, expected]; `results` follow them in their order, as far as it went."""

    class Kind(models.TextChoices):
        FILE = "file", _("file")
        GOLD = "gold", _("gold cases")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    site = models.ForeignKey(Site, models.CASCADE, related_name="+", verbose_name=_("site"))
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=200)
    rows: Any = models.JSONField(default=list)
    results: Any = models.JSONField(default=list)
    num_rows = models.PositiveIntegerField(_("questions"), default=0)
    num_done = models.PositiveIntegerField(_("done"), default=0)
    snapshot = models.CharField(_("snapshot"), max_length=64, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)
    by = models.CharField(_("who"), max_length=150, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    changed = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("trial")
        verbose_name_plural = _("trials")
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["file", "gold"]), name="trial_kind_known"),
            models.CheckConstraint(condition=Q(num_done__lte=F("num_rows")), name="trial_done_within"),
        ]
        indexes = [models.Index(fields=["company", "-created"], name="trial_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_done(self) -> bool:
        return self.num_done >= self.num_rows
