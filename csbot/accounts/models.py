"""Company (the border of isolation), its sites, and its people. Knows no conversation and no knowledge but by name.

A row that belongs to a company names it, or is a part of a row that does (ADR 6).
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from csbot.accounts.sites import site_problems
from csbot.lib.ids import new_id

LANGUAGE_CHOICES = [("zh", _("Chinese")), ("en", _("English"))]
LANGUAGES = [code for code, _name in LANGUAGE_CHOICES]


class User(AbstractUser):  # type: ignore[django-manager-missing] # of knox, which has no types
    """Somebody who signs in. What they may do follows from their Agent row."""


class Company(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("short name"), unique=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")

    def __str__(self) -> str:
        return self.name


def default_languages() -> list[str]:
    return ["zh", "en"]


class Site(models.Model):
    """A place where the widget stands. `key` is public; `allowed_origins` says who may embed it (none: only ourselves)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="sites", verbose_name=_("company"))
    knowledge_base = models.ForeignKey("knowledge.KnowledgeBase", models.PROTECT, related_name="+", verbose_name=_("knowledge base"))
    key = models.SlugField(_("site key"), unique=True, max_length=64)
    name = models.CharField(_("name"), max_length=100)
    allowed_origins = models.JSONField(_("allowed origins"), default=list, blank=True)
    languages = models.JSONField(_("languages"), default=default_languages)
    default_language = models.CharField(_("default language"), max_length=2, choices=LANGUAGE_CHOICES, default="zh")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    texts = models.JSONField(_("texts"), default=dict, blank=True, help_text=_("Texts per language, such as greeting and refusals."))
    appearance = models.JSONField(_("appearance"), default=dict, blank=True)
    business_hours = models.JSONField(_("business hours"), default=dict, blank=True)
    hides_personal = models.BooleanField(
        _("keep personal data from the generator"),
        default=True,
        help_text=_("Phone numbers, cards and the like in a question reach the model as words such as [phone]; the answer has them again."),
    )
    sealed_identity_secret = models.TextField(blank=True, editable=False)  # see csbot.conversations.identity
    is_active = models.BooleanField(_("active"), default=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [models.CheckConstraint(condition=Q(default_language__in=LANGUAGES), name="site_default_language_known")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Whichever door a site comes through: it never answers from another company's knowledge."""
        self._check_company()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if Site.objects.filter(pk=self.pk).exclude(company=self.company_id).exists():  # its conversations are its first company's
            raise ValidationError({"company": _("A site stays with its company. Make another site for the other company.")})
        if hasattr(self, "knowledge_base"):
            self._check_company()
        problems = site_problems(
            languages=self.languages,
            default_language=self.default_language,
            time_zone=self.time_zone,
            allowed_origins=self.allowed_origins,
            texts=self.texts,
        )
        if problems:
            raise ValidationError(problems)

    def _check_company(self) -> None:
        if self.knowledge_base.company_id != self.company_id:
            raise ValidationError({"knowledge_base": _("This knowledge base belongs to another company.")})


class Agent(models.Model):
    """A person of a company: their role there, the sites that they see (none named: all), and whether they take conversations now."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("administrator")
        EDITOR = "editor", _("editor")
        AGENT = "agent", _("agent")
        VIEWER = "viewer", _("viewer")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="agents", verbose_name=_("company"))
    user = models.OneToOneField(User, models.CASCADE, related_name="agent", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.AGENT)
    display_name = models.CharField(_("display name"), max_length=60)
    capacity = models.PositiveSmallIntegerField(_("conversations at once"), default=5)
    sites = models.ManyToManyField(Site, blank=True, related_name="agents", verbose_name=_("sites"))
    # What they wish; whether they are there as well, their dashboard's heartbeats say (csbot.conversations.presence).
    is_available = models.BooleanField(_("takes conversations"), default=True)

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        constraints = [models.CheckConstraint(condition=Q(role__in=["admin", "editor", "agent", "viewer"]), name="agent_role_known")]

    def __str__(self) -> str:
        return self.display_name


class AuditEntry(models.Model):
    """Who changed what in a company, and when. Written once, never changed; outlives whoever did it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("user"))
    actor = models.CharField(_("who"), max_length=150)
    action = models.CharField(_("action"), max_length=40)
    object_type = models.CharField(_("kind of object"), max_length=60)
    object_id = models.CharField(_("id"), max_length=64, blank=True)
    object_name = models.CharField(_("object"), max_length=200, blank=True)
    changes = models.JSONField(_("changes"), default=dict, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["company", "-at"], name="audit_by_company")]

    def __str__(self) -> str:
        return f"{self.actor}: {self.action} {self.object_name}"


class SetupLink(models.Model):
    """The one-time link that makes the first administrator. Only its digest is stored."""

    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(auto_now_add=True)
    used = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("setup link")
        verbose_name_plural = _("setup links")

    def __str__(self) -> str:
        return str(self.created)
