"""Keys by which programs come in, and the replies that are given once more when a request is repeated."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from csbot.accounts.callers import RIGHTS_OF_ROLE, Caller
from csbot.accounts.models import Company, Site
from csbot.lib.clock import now
from csbot.lib.ids import new_id

SCOPES = sorted(RIGHTS_OF_ROLE["admin"] - {"company.manage"})  # nobody hands the company's management to a program
SEEN_EVERY = timedelta(minutes=1)


class ApiKey(AbstractAuthToken):
    """A program's key: django-rest-knox keeps its digest and shows the key itself once. It belongs to a company, not to a person."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    site = models.ForeignKey(
        Site, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("site"), help_text=_("Empty: every site of the company.")
    )
    name = models.CharField(_("name"), max_length=100)
    scopes = models.JSONField(_("may"), default=list)
    last_used = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name

    def caller(self) -> Caller:
        sites = frozenset({self.site_id}) if self.site_id else None
        return Caller(self.company_id, sites, frozenset(self.scopes) & frozenset(SCOPES), self.name)

    def seen(self) -> None:
        """Written at most once a minute: a key that is used often must not write often."""
        if self.last_used is None or now() - self.last_used > SEEN_EVERY:
            ApiKey.objects.filter(pk=self.pk).update(last_used=now())


class KeptReply(models.Model):
    """What a request with an Idempotency-Key was answered. Without a status it is still being worked on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body: Any = models.JSONField(null=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("kept reply")
        verbose_name_plural = _("kept replies")
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="kept_reply_once"),
            models.CheckConstraint(condition=Q(status=None) | Q(status__gte=200, status__lt=600), name="kept_reply_has_a_status"),
        ]

    def __str__(self) -> str:
        return self.key
