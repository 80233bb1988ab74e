"""The truth about knowledge: FAQs, articles, intents, word lists, and the snapshots made of them.

Editing happens here; answering happens from snapshots only. The company is named, never imported.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from knowledge.contracts import LANGUAGES
from knowledge.faq_twins import ExactField
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

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["article", "position"]
        constraints = [models.UniqueConstraint(fields=["article", "position"], name="passage_position_once")]

    def __str__(self) -> str:
        return self.heading or self.text[:60]


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
