"""Questions that are tried in one go: a file of them, a base's gold cases, or the last real ones before something is published."""

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


class Rehearsal(models.Model):
    """What publishing would change: `changes` are questions that the draft answers otherwise than the published snapshot, each with both ways.

    `turns` are the questions, newest first; `draft` stays empty until it is built.
    """

    class State(models.TextChoices):
        BUILDING = "building", _("the snapshot is being made")
        COMPARING = "comparing", _("questions are being compared")
        DONE = "done", _("compared")
        PUBLISHED = "published", _("it is published")
        LEFT = "left", _("nothing was published")
        FAILED = "failed", _("failed")

    GOING_ON = (State.BUILDING, State.COMPARING)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    knowledge_base = models.ForeignKey("knowledge.KnowledgeBase", models.CASCADE, related_name="+", verbose_name=_("knowledge base"))
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.BUILDING)
    texts_done = models.PositiveIntegerField(default=0)
    texts_all = models.PositiveIntegerField(default=0)
    published = models.CharField(max_length=64, blank=True)
    published_name = models.CharField(max_length=40, blank=True)
    draft = models.CharField(max_length=64, blank=True)
    draft_name = models.CharField(max_length=40, blank=True)
    edits_until = models.DateTimeField(null=True, blank=True)
    turns: Any = models.JSONField(default=list)
    changes: Any = models.JSONField(default=list)
    num_done = models.PositiveIntegerField(_("done"), default=0)
    num_same = models.PositiveIntegerField(default=0)
    error = models.CharField(_("error"), max_length=500, blank=True)
    by = models.CharField(_("who"), max_length=150, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    changed = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("rehearsal of a publishing")
        verbose_name_plural = _("rehearsals of publishings")
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["building", "comparing", "done", "published", "left", "failed"]), name="rehearsal_state_known"
            )
        ]
        indexes = [models.Index(fields=["knowledge_base", "-created"], name="rehearsal_newest")]

    def __str__(self) -> str:
        return f"{self.published_name} → {self.draft_name or '…'}"

    @property
    def is_going_on(self) -> bool:
        return self.state in self.GOING_ON

    @property
    def num_turns(self) -> int:
        return len(self.turns)
