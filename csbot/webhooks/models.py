"""Who is told of what happens, and each telling: a delivery waits, is tried, and is done or given up."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from csbot.accounts.models import Company, Site
from csbot.lib.ids import new_id

# The happening's kind within, and its name for receivers.
EVENTS = {
    "conversation.opened": "conversation.opened",
    "message": "message.created",
    "handoff": "conversation.handed_over",
    "closed": "conversation.closed",
    "rating": "conversation.rated",
    "unanswered": "question.unanswered",
}
NAMES = [*EVENTS.values()]
TEST_EVENT = "webhook.test"


class Endpoint(models.Model):
    """An address of the company's. Its secrets are sealed; the one before signs along for a day after a change."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    site = models.ForeignKey(
        Site, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("site"), help_text=_("Empty: every site of the company.")
    )
    url = models.URLField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list)
    is_active = models.BooleanField(_("active"), default=True)
    sealed_secret = models.TextField(editable=False)
    sealed_secret_before = models.TextField(blank=True, editable=False)
    before_until = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True, editable=False)
    disabled_because = models.CharField(_("switched off because"), max_length=200, blank=True, editable=False)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["url"]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """`id` is the receiver's `webhook-id`; the body is what is signed, to the byte, however often it is sent."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("delivered")
        FAILED = "failed", _("given up")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries", verbose_name=_("webhook"))
    event = models.CharField(_("event"), max_length=40)
    body = models.TextField(_("body"))
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    reply = models.CharField(_("reply"), max_length=300, blank=True)
    ms = models.PositiveIntegerField(_("milliseconds"), null=True, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    tried = models.DateTimeField(_("last attempt"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["waiting", "done", "failed"]), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", next_at__isnull=False) | (~Q(state="waiting") & Q(next_at=None)), name="delivery_next_at"
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.event} {self.created:%Y-%m-%d %H:%M}"

    def told(self) -> dict[str, Any]:
        return {"status": self.status, "reply": self.reply, "attempts": self.attempts}
