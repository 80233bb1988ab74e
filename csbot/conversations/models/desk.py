"""What agents add to conversations: labels, notes, hand-overs, canned replies, read marks; and the words by which they search."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from csbot.accounts.models import LANGUAGE_CHOICES, LANGUAGES, Agent, Company, Site
from csbot.conversations.models.talk import Conversation
from csbot.lib.ids import new_id


class Label(models.Model):
    """A word that agents put on conversations."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    name = models.CharField(_("name"), max_length=40)
    colour = models.CharField(_("colour"), max_length=7, default="#1f6f54", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")])

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="label_name_once")]

    def __str__(self) -> str:
        return self.name


class Note(models.Model):
    """What agents tell each other beside a conversation. Never a frame: the visitor's socket has no way to it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="notes", verbose_name=_("conversation"))
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("agent"))
    author = models.CharField(_("author"), max_length=60)
    client_id = models.CharField(_("client id"), max_length=64, blank=True)
    text = models.TextField(_("text"))
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["created", "id"]
        constraints = [models.UniqueConstraint(fields=["conversation", "client_id"], condition=~Q(client_id=""), name="note_client_id_once")]

    def __str__(self) -> str:
        return self.text[:60]


class Handoff(models.Model):
    """One stay of a conversation with people: from the queue (or an agent's own wish) to the hand-back or the close.

    Waiting time is `taken - queued`, first response `answered - queued`; both stay null while they have not happened.
    """

    class Outcome(models.TextChoices):
        CLOSED = "closed", _("closed")
        BOT = "bot", _("back to the bot")
        LEFT = "left", _("the visitor went back to the bot")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="handoffs", verbose_name=_("conversation"))
    reason = models.CharField(_("reason"), max_length=32)
    is_message_left = models.BooleanField(_("a message was left"), default=False)
    queued = models.DateTimeField(_("queued"))
    taken = models.DateTimeField(_("taken"), null=True, blank=True)
    answered = models.DateTimeField(_("first answer"), null=True, blank=True)
    ended = models.DateTimeField(_("ended"), null=True, blank=True)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("agent"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, blank=True)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["queued"]
        constraints = [
            models.UniqueConstraint(fields=["conversation"], condition=Q(ended=None), name="handoff_one_open"),
            models.CheckConstraint(condition=Q(outcome="", ended=None) | (~Q(outcome="") & Q(ended__isnull=False)), name="handoff_ended_says_how"),
            models.CheckConstraint(condition=Q(outcome__in=["", "closed", "bot", "left"]), name="handoff_outcome_known"),
        ]
        indexes = [models.Index(fields=["queued"], name="handoff_by_time")]

    def __str__(self) -> str:
        return f"{self.reason} {self.queued:%Y-%m-%d %H:%M}"


class CannedReply(models.Model):
    """A text that agents put in by a shortcut, of one language; for one site or for all of the company."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    site = models.ForeignKey(Site, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("site"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES)
    category = models.CharField(_("category"), max_length=40, blank=True)
    shortcut = models.SlugField(_("shortcut"), max_length=40, allow_unicode=True)
    text = models.TextField(_("text"), max_length=4000)

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        ordering = ["category", "shortcut"]
        constraints = [
            models.UniqueConstraint(fields=["company", "language", "shortcut"], name="canned_shortcut_once"),
            models.CheckConstraint(condition=Q(language__in=LANGUAGES), name="canned_language_known"),
        ]

    def __str__(self) -> str:
        return f"/{self.shortcut}"


class ReadMark(models.Model):
    """How far an agent has read a conversation."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="read_marks")
    seq = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "conversation"], name="read_mark_once")]

    def __str__(self) -> str:
        return str(self.seq)


class SearchWord(models.Model):
    """A word that was said in a conversation (csbot.conversations.search); once, however often it was said."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+", db_index=False)
    word = models.CharField(max_length=32)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "word"], name="search_word_once")]
        indexes = [models.Index(fields=["company", "word", "conversation"], name="search_by_word")]

    def __str__(self) -> str:
        return self.word


class Settled(models.Model):
    """What an editor did about a question that the bot could not answer; without a row it is open. `digest` names its normalised words."""

    class State(models.TextChoices):
        DONE = "done", _("done")
        IGNORED = "ignored", _("ignored")

    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES)
    digest = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices)
    faq = models.CharField(_("FAQ"), max_length=80, blank=True)
    by = models.CharField(_("who"), max_length=150, blank=True)
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("settled question")
        verbose_name_plural = _("settled questions")
        constraints = [
            models.UniqueConstraint(fields=["company", "language", "digest"], name="settled_once"),
            models.CheckConstraint(condition=Q(state__in=["done", "ignored"]), name="settled_state_known"),
            models.CheckConstraint(condition=Q(language__in=LANGUAGES), name="settled_language_known"),
        ]

    def __str__(self) -> str:
        return self.state
