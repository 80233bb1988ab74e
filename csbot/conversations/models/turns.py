"""What is done about a message: turns, their traces, and the tasks that committed changes ask for."""

from __future__ import annotations

from typing import Any, get_args

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from csbot.conversations.events import Route
from csbot.conversations.models.talk import Conversation, Message
from csbot.lib.ids import new_id

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
    LOOKS_BACK = 6  # the exchanges that a question may go on with, and what may still be open

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
            # By `ended`, not by the states: SQLite does not know what a parameter will be, and would read all turns that ever were.
            models.Index(fields=["deadline"], condition=Q(ended=None), name="turn_open_by_deadline"),
            models.Index(fields=["created"], name="turn_by_time"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @cached_property
    def before(self) -> list[Turn]:
        """The turns before it that were answered or are still open, newest first, with their questions."""
        rows = Turn.objects.filter(conversation_id=self.conversation_id, created__lt=self.created, state__in=[self.State.DONE, *self.OPEN])
        return list(rows.select_related("question").order_by("-created")[: self.LOOKS_BACK])


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
        indexes = [
            models.Index(fields=["created"], condition=Q(taken=None), name="outbox_waiting"),
            models.Index(fields=["taken"], condition=Q(taken__isnull=False), name="outbox_done"),
        ]

    def __str__(self) -> str:
        return self.key
