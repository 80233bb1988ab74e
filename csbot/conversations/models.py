"""The truth about conversations: messages, turns, durable frames, and what is still to be sent.

An acknowledged message is a committed row (C1). Every durable frame has a `seq` without gap (C3); `Conversation.last_seq`
is raised under the conversation's row lock, together with the frame. What a row may never say, the database refuses.
"""

from __future__ import annotations

from typing import Any, get_args

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from csbot.accounts.models import LANGUAGE_CHOICES, LANGUAGES, Agent, Company, Site
from csbot.conversations.events import Route
from csbot.lib.ids import new_id


class Visitor(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    site = models.ForeignKey(Site, models.CASCADE, related_name="visitors", verbose_name=_("site"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGE_CHOICES, blank=True)
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
    labels: models.ManyToManyField[Label, Any] = models.ManyToManyField("Label", blank=True, related_name="conversations", verbose_name=_("labels"))
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


_IN_HAND = ["routing", "streaming"]
_ENDED = ["done", "cancelled", "failed"]


class Turn(models.Model):
    """A visitor's message and what is done about it. Ends before `deadline`, whatever happens (C4).

    `attempt` is the fencing token: only the attempt that holds the lease may write. `gen` names the attempt on the wire.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        ROUTING = "routing", _("routing")
        WAITING = "waiting", _("waiting for the generator")
        STREAMING = "streaming", _("streaming")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")

    OPEN = (State.QUEUED, State.ROUTING, State.WAITING, State.STREAMING)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="turns", verbose_name=_("conversation"))
    question = models.OneToOneField(Message, models.CASCADE, related_name="asked", verbose_name=_("question"))
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.QUEUED)
    owner_version = models.PositiveIntegerField(_("owner version"))
    chip: Any = models.JSONField(default=dict, blank=True, editable=False)
    route = models.CharField(_("route"), max_length=8, blank=True)
    reason = models.CharField(_("reason"), max_length=32, blank=True)
    snapshot = models.CharField(_("snapshot"), max_length=64, blank=True)
    decision: Any = models.JSONField(_("decision"), default=dict, blank=True)
    attempt = models.PositiveSmallIntegerField(_("attempts"), default=0)
    generation_attempt = models.PositiveSmallIntegerField(_("generation attempts"), default=0)
    gen = models.UUIDField(_("generation"), null=True, blank=True, unique=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    deadline = models.DateTimeField(_("deadline"))
    created = models.DateTimeField(_("created"), auto_now_add=True)
    ended = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        ordering = ["created"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "routing", "waiting", "streaming", "done", "cancelled", "failed"]), name="turn_state_known"
            ),
            models.CheckConstraint(condition=Q(route__in=["", *get_args(Route)]), name="turn_route_known"),
            models.CheckConstraint(
                condition=Q(state__in=_ENDED, ended__isnull=False) | (~Q(state__in=_ENDED) & Q(ended=None)), name="turn_ended_says_when"
            ),
            # The sweeper finds a silent worker by its lease: whatever a worker has in hand has one, and nothing else.
            models.CheckConstraint(
                condition=Q(state__in=_IN_HAND, lease_until__isnull=False) | (~Q(state__in=_IN_HAND) & Q(lease_until=None)),
                name="turn_lease_while_in_hand",
            ),
            models.CheckConstraint(condition=~Q(state__in=["waiting", "streaming"]) | Q(gen__isnull=False), name="turn_generating_has_gen"),
            models.CheckConstraint(condition=Q(deadline__gt=F("created")), name="turn_deadline_lies_ahead"),
            models.UniqueConstraint(fields=["conversation"], condition=Q(state__in=["routing", "waiting", "streaming"]), name="turn_one_at_a_time"),
        ]
        indexes = [
            models.Index(fields=["deadline"], condition=Q(state__in=["queued", "routing", "waiting", "streaming"]), name="turn_open_by_deadline")
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


class Label(models.Model):
    """A word that agents put on conversations."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    name = models.CharField(_("name"), max_length=40)
    colour = models.CharField(_("colour"), max_length=7, default="#1f6f54")

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

    def __str__(self) -> str:
        return self.get_value_display()


class Trace(models.Model):
    """Why a turn was answered as it was: versioned JSON, one per turn."""

    turn = models.OneToOneField(Turn, models.CASCADE, related_name="trace", verbose_name=_("turn"))
    version = models.PositiveSmallIntegerField(default=1)
    data: Any = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("trace")
        verbose_name_plural = _("traces")

    def __str__(self) -> str:
        return str(self.turn_id)


class Outbox(models.Model):
    """A task that a committed change asks for. The broker is only a hint; the sweeper sends what was not taken."""

    task = models.CharField(max_length=60)
    key = models.CharField(max_length=80, unique=True)
    arguments: Any = models.JSONField(default=list)
    created = models.DateTimeField(auto_now_add=True)
    sent = models.DateTimeField(null=True, blank=True)
    taken = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("outbox entry")
        verbose_name_plural = _("outbox")
        indexes = [models.Index(fields=["created"], condition=Q(taken=None), name="outbox_waiting")]

    def __str__(self) -> str:
        return self.key
