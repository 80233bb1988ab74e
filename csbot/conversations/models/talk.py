"""What is said: visitors, conversations, messages, and the frames that tell of them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from csbot.accounts.models import LANGUAGE_CHOICES, LANGUAGES, Agent, Company, Site
from csbot.lib.ids import new_id


class Visitor(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    site = models.ForeignKey(Site, models.CASCADE, related_name="visitors", verbose_name=_("site"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES, blank=True)
    # What the company vouched for (csbot.conversations.identity); empty for strangers.
    external_id = models.CharField(_("the company's own number"), max_length=200, blank=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    email = models.CharField(_("e-mail address"), max_length=254, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("visitor")
        verbose_name_plural = _("visitors")
        constraints = [models.CheckConstraint(condition=Q(language__in=["", *LANGUAGES]), name="visitor_language_known")]

    def __str__(self) -> str:
        return str(self.id)


class Conversation(models.Model):
    """`owner` is one of bot, queue and agent; whoever writes names the `owner_version` that they saw (C6)."""

    class Owner(models.TextChoices):
        BOT = "bot", _("bot")
        QUEUE = "queue", _("queue")
        AGENT = "agent", _("agent")

    class Origin(models.TextChoices):
        WIDGET = "widget", _("widget")
        CONSOLE = "console", _("console")
        API = "api", _("API")
        DEMO = "demo", _("demo")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    site = models.ForeignKey(Site, models.CASCADE, related_name="conversations", verbose_name=_("site"))
    visitor = models.ForeignKey(Visitor, models.CASCADE, related_name="conversations", verbose_name=_("visitor"))
    origin = models.CharField(_("origin"), max_length=8, choices=Origin.choices, default=Origin.WIDGET)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES, blank=True)
    owner = models.CharField(_("owner"), max_length=5, choices=Owner.choices, default=Owner.BOT)
    # Protected: set only while the agent has the conversation, and an owner cannot be missing.
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="conversations", verbose_name=_("agent"))
    owner_version = models.PositiveIntegerField(_("owner version"), default=1)
    queued_at = models.DateTimeField(_("in the queue since"), null=True, blank=True)
    handoff_reason = models.CharField(_("reason of hand-over"), max_length=32, blank=True)
    last_seq = models.PositiveIntegerField(_("last sequence number"), default=0)
    visitor_read_seq = models.PositiveIntegerField(_("read by visitor up to"), default=0)
    # Closed conversations belong to the bot; the visitor's next message opens them again.
    closed = models.DateTimeField(_("closed"), null=True, blank=True)
    labels: models.ManyToManyField[Any, Any] = models.ManyToManyField("Label", blank=True, related_name="conversations", verbose_name=_("labels"))
    created = models.DateTimeField(_("created"), auto_now_add=True)
    changed = models.DateTimeField(_("changed"), auto_now=True, db_index=True)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-changed"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner="agent", agent__isnull=False) | (~Q(owner="agent") & Q(agent__isnull=True)), name="conversation_one_owner"
            ),
            models.CheckConstraint(condition=Q(owner="queue", queued_at__isnull=False) | ~Q(owner="queue"), name="conversation_queued_since"),
            models.CheckConstraint(condition=Q(owner__in=["bot", "queue", "agent"]), name="conversation_owner_known"),
            models.CheckConstraint(condition=Q(origin__in=["widget", "console", "api", "demo"]), name="conversation_origin_known"),
            models.CheckConstraint(condition=Q(closed=None) | Q(owner="bot"), name="conversation_closed_has_no_person"),
            models.CheckConstraint(condition=Q(language__in=["", *LANGUAGES]), name="conversation_language_known"),
            models.CheckConstraint(condition=Q(owner_version__gte=1), name="conversation_version_from_one"),
            models.CheckConstraint(condition=Q(visitor_read_seq__lte=F("last_seq")), name="conversation_read_what_was_sent"),
        ]
        indexes = [
            models.Index(fields=["company", "owner", "queued_at"], name="conversation_queue"),
            models.Index(fields=["company", "-changed"], name="conversation_newest"),
            models.Index(fields=["site", "created"], name="conversation_by_day"),
            # Three columns: SQLite, which keeps no statistics by itself, would rather take the site's, and read all its conversations.
            models.Index(fields=["visitor", "site", "-created"], name="conversation_of_visitor"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Message(models.Model):
    """`wrap` holds what stands around the text (sources, options, offer), never inside it."""

    class Sender(models.TextChoices):
        VISITOR = "visitor", _("visitor")
        BOT = "bot", _("bot")
        AGENT = "agent", _("agent")
        SYSTEM = "system", _("system")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages", verbose_name=_("conversation"))
    turn = models.ForeignKey("Turn", models.SET_NULL, null=True, blank=True, related_name="messages", verbose_name=_("turn"))
    sender = models.CharField(_("sender"), max_length=7, choices=Sender.choices)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("agent"))
    client_id = models.CharField(_("client id"), max_length=64, blank=True)
    body_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES)
    wrap: Any = models.JSONField(default=dict, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["created", "id"]
        indexes = [models.Index(fields=["conversation", "created"], name="message_in_order")]
        constraints = [
            # C2: a client message id has one effect, however often it is sent.
            models.UniqueConstraint(fields=["conversation", "client_id"], condition=~Q(client_id=""), name="message_client_id_once"),
            models.CheckConstraint(condition=Q(sender__in=["visitor", "bot", "agent", "system"]), name="message_sender_known"),
            models.CheckConstraint(condition=Q(language__in=LANGUAGES), name="message_language_known"),
            # Not the other way round: what an agent wrote outlives the agent's row.
            models.CheckConstraint(condition=Q(agent=None) | Q(sender="agent"), name="message_agent_is_the_sender"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Frame(models.Model):
    """A durable frame as it goes over the wire; `seq` has no gap within a conversation (C3)."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="frames")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=20)
    cause = models.CharField(max_length=64, blank=True)
    data: Any = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["conversation", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="frame_seq_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="frame_seq_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"


class Feedback(models.Model):
    """A thumb of the visitor on an answer; the last one counts."""

    class Value(models.IntegerChoices):
        UP = 1, _("helpful")
        DOWN = -1, _("not helpful")

    message = models.OneToOneField(Message, models.CASCADE, related_name="feedback", verbose_name=_("message"))
    value = models.SmallIntegerField(_("value"), choices=Value.choices)
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [models.CheckConstraint(condition=Q(value__in=[1, -1]), name="feedback_value_known")]
        indexes = [models.Index(fields=["at"], name="feedback_by_time")]

    def __str__(self) -> str:
        return self.get_value_display()
