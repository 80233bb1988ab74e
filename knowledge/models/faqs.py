"""FAQs: answers and variants by language, how healthy each is, whose traffic it takes, and the imports that brought them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from knowledge.faq_keys import is_reserved
from knowledge.faq_twins import ExactField
from knowledge.models.bases import LANGUAGE_CHOICES, KnowledgeBase, in_known_language


class Faq(models.Model):
    """A standard question: many phrasings (variants), one answer per language."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        LIVE = "live", _("live")
        DISABLED = "disabled", _("disabled")

    knowledge_base = models.ForeignKey(KnowledgeBase, models.CASCADE, related_name="faqs", verbose_name=_("knowledge base"))
    key = models.CharField(_("key"), max_length=80, help_text=_("Stable name for import, export and reports, such as returns.period."))
    category = models.CharField(_("category"), max_length=60, blank=True, db_index=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.LIVE, db_index=True)
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    changed = models.DateTimeField(_("changed"), auto_now=True, db_index=True)
    collisions_asked = models.DateTimeField(_("collisions looked for"), null=True, blank=True, editable=False)
    collisions_found = models.DateTimeField(_("collisions found"), null=True, blank=True, editable=False)
    history = HistoricalRecords(excluded_fields=["collisions_asked", "collisions_found"])

    class Meta:
        verbose_name = _("FAQ")
        verbose_name_plural = _("FAQs")
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["knowledge_base", "key"], name="faq_key_once"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_from__lt=models.F("valid_until")), name="faq_valid_in_order"
            ),
            models.CheckConstraint(condition=Q(state__in=["draft", "live", "disabled"]), name="faq_state_known"),
        ]

    def __str__(self) -> str:
        return self.key

    def clean(self) -> None:
        if is_reserved(self.key) and not Faq.objects.filter(pk=self.pk, key=self.key).exists():
            raise ValidationError({"key": _("“%(key)s” stands for no FAQ at all. Choose another key.") % {"key": self.key}})


class FaqHealth(models.Model):
    """What the published snapshot found out about a FAQ: whether phrasings that it does not have would find it."""

    class State(models.TextChoices):
        UNPROVEN = "unproven", _("unproven")
        FRAGILE = "fragile", _("fragile")
        SOLID = "solid", _("solid")

    faq = models.OneToOneField(Faq, models.CASCADE, related_name="health", verbose_name=_("FAQ"))
    state = models.CharField(_("health"), max_length=8, choices=State.choices, db_index=True)
    asked = models.PositiveSmallIntegerField(_("phrasings asked"), default=0)
    found = models.PositiveSmallIntegerField(_("phrasings that found it"), default=0)
    lost: Any = models.JSONField(_("phrasings that found another"), default=list)  # [text, language, key of the FAQ that was found]

    class Meta:
        verbose_name = _("health of a FAQ")
        verbose_name_plural = _("health of FAQs")
        constraints = [models.CheckConstraint(condition=Q(state__in=["unproven", "fragile", "solid"]), name="faq_health_known")]

    def __str__(self) -> str:
        return str(self.get_state_display())


class FaqAnswer(models.Model):
    faq = models.ForeignKey(Faq, models.CASCADE, related_name="answers", verbose_name=_("FAQ"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES)
    text = models.TextField(_("answer"), max_length=4000)
    url = models.URLField(_("source address"), blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["faq", "language"], name="faq_answer_once_per_language"),
            in_known_language("faq_answer_language_known"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Variant(models.Model):
    """One way to ask. The canonical one is shown on chips; exactly one per language at most."""

    faq = models.ForeignKey(Faq, models.CASCADE, related_name="variants", verbose_name=_("FAQ"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES)
    text = models.CharField(_("phrasing"), max_length=500)
    is_canonical = models.BooleanField(_("shown to visitors"), default=False)
    exact = ExactField(_("digest of its words"))
    history = HistoricalRecords(excluded_fields=["exact"])

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["language", "-is_canonical", "id"]
        constraints = [
            models.UniqueConstraint(fields=["faq", "language", "text"], name="variant_once_per_faq"),
            models.UniqueConstraint(fields=["faq", "language"], condition=Q(is_canonical=True), name="variant_one_canonical"),
            in_known_language("variant_language_known"),
        ]

    def __str__(self) -> str:
        return self.text


class Collision(models.Model):
    """A phrasing of a FAQ that another FAQ answers now: published, it would take that traffic."""

    faq = models.ForeignKey(Faq, models.CASCADE, related_name="collisions", verbose_name=_("FAQ"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES)
    text = models.CharField(_("phrasing"), max_length=500)
    other = models.CharField(_("the other FAQ"), max_length=80)
    variant = models.CharField(_("its phrasing"), max_length=500)
    chance = models.FloatField(_("chance"))

    class Meta:
        verbose_name = _("collision")
        verbose_name_plural = _("collisions")
        ordering = ["-chance", "id"]
        constraints = [in_known_language("collision_language_known")]

    def __str__(self) -> str:
        return f"{self.text} → {self.other}"


class FaqImport(models.Model):
    """A table that was imported, with what its FAQs were before, so that it can be undone."""

    knowledge_base = models.ForeignKey(KnowledgeBase, models.CASCADE, related_name="faq_imports", verbose_name=_("knowledge base"))
    created = models.DateTimeField(_("imported at"), auto_now_add=True, db_index=True)
    by = models.CharField(_("imported by"), max_length=150, blank=True)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    num_added = models.PositiveIntegerField(_("FAQs added"), default=0)
    num_changed = models.PositiveIntegerField(_("FAQs changed"), default=0)
    rows: Any = models.JSONField(_("rows"), default=list, editable=False)  # [{key, before, after}], before is null where it was added
    undone = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.CharField(_("undone by"), max_length=150, blank=True)
    left: Any = models.JSONField(_("left alone"), default=list, editable=False)  # keys

    class Meta:
        verbose_name = _("import of FAQs")
        verbose_name_plural = _("imports of FAQs")
        ordering = ["-created", "-id"]

    def __str__(self) -> str:
        return self.file_name or str(self.pk)
