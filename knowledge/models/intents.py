"""Intents that an editor teaches by examples and phrases."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from knowledge.intent.definitions import is_key
from knowledge.models.bases import LANGUAGE_CHOICES, KnowledgeBase, in_known_language


class Intent(models.Model):
    class Action(models.TextChoices):
        QUESTION = "question", _("goes on to the FAQs")
        CHITCHAT = "chitchat", _("small talk: reply with the text")
        HANDOFF = "handoff", _("put through to a person")
        REFUSE = "refuse", _("out of scope: decline politely")

    knowledge_base = models.ForeignKey(KnowledgeBase, models.CASCADE, related_name="intents", verbose_name=_("knowledge base"))
    key = models.SlugField(_("key"), max_length=60)
    action = models.CharField(_("leads to"), max_length=8, choices=Action.choices)
    reply_zh = models.TextField(_("reply in Chinese"), blank=True)
    reply_en = models.TextField(_("reply in English"), blank=True)
    is_live = models.BooleanField(_("live"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("intent")
        verbose_name_plural = _("intents")
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["knowledge_base", "key"], name="intent_key_once"),
            models.CheckConstraint(condition=Q(action__in=["question", "chitchat", "handoff", "refuse"]), name="intent_action_known"),
        ]

    def __str__(self) -> str:
        return self.key

    def clean(self) -> None:
        if self.key and not is_key(self.key):  # one such key would keep the whole base from being published
            raise ValidationError({"key": _("Write the key with a-z, 0-9, “-” and “_” only, beginning with a letter or a digit.")})


class IntentExample(models.Model):
    """What visitors say. An example teaches by meaning; a phrase counts as soon as it stands in the message."""

    class Kind(models.TextChoices):
        EXAMPLE = "example", _("example")
        PHRASE = "phrase", _("phrase")

    intent = models.ForeignKey(Intent, models.CASCADE, related_name="examples", verbose_name=_("intent"))
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices, default=Kind.EXAMPLE)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES)
    text = models.CharField(_("text"), max_length=300)

    class Meta:
        verbose_name = _("example")
        verbose_name_plural = _("examples")
        constraints = [
            models.UniqueConstraint(fields=["intent", "kind", "language", "text"], name="intent_example_once"),
            in_known_language("intent_example_language_known"),
            models.CheckConstraint(condition=Q(kind__in=["example", "phrase"]), name="intent_example_kind_known"),
        ]

    def __str__(self) -> str:
        return self.text
