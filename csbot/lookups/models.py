"""Tools into the company's own systems: when one is asked for, what it needs to know, where it is asked, and how its reply is told."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from csbot.accounts.models import Company, Site
from csbot.lib.ids import new_id
from csbot.lookups.checking import VISITOR, lookup_problems, pattern_problem

ANSWER_HELP = _("{name} is a value or a field of the reply; [a part in brackets] is left out where a field in it is missing.")


class Lookup(models.Model):
    class Method(models.TextChoices):
        GET = "GET", "GET"
        POST = "POST", "POST"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="lookups", verbose_name=_("company"))
    site = models.ForeignKey(
        Site, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("site"), help_text=_("Empty: every site of the company.")
    )
    key = models.SlugField(_("name"), max_length=40)
    is_active = models.BooleanField(_("active"), default=True)
    examples_zh = models.TextField(_("examples in Chinese"), blank=True, help_text=_("One question a line; {name} stands where a value is said."))
    examples_en = models.TextField(_("examples in English"), blank=True, help_text=_("One question a line; {name} stands where a value is said."))
    method = models.CharField(_("method"), max_length=4, choices=Method.choices, default=Method.GET)
    url = models.CharField(_("address"), max_length=500, help_text=_("{name} stands where a value goes, in path or query only."))
    sealed_headers = models.TextField(blank=True, editable=False)
    fields = models.JSONField(
        _("fields of the reply"),
        default=dict,
        blank=True,
        help_text=_('A name for each path into the JSON: {"status": "order.status", "first": "items.0.name"}'),
    )
    answer_zh = models.TextField(_("answer in Chinese"), blank=True, help_text=ANSWER_HELP)
    answer_en = models.TextField(_("answer in English"), blank=True, help_text=ANSWER_HELP)
    unknown_zh = models.TextField(_("not found, in Chinese"), blank=True)
    unknown_en = models.TextField(_("not found, in English"), blank=True)
    needs_identity = models.BooleanField(
        _("only for visitors whom the company vouches for"),
        default=False,
        help_text=_("Others are asked to sign in first. {visitor} is then the company's own number for them, in the address or the request."),
    )
    timeout_s = models.PositiveSmallIntegerField(_("time-out in seconds"), default=5, validators=[MinValueValidator(1), MaxValueValidator(15)])
    changed = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("lookup")
        verbose_name_plural = _("lookups")
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="lookup_key_once"),
            models.CheckConstraint(condition=Q(method__in=["GET", "POST"]), name="lookup_method_known"),
        ]

    def __str__(self) -> str:
        return self.key

    def clean(self) -> None:
        examples = [*self.examples("zh"), *self.examples("en")]
        problems = lookup_problems(url=self.url, fields=self.fields, examples=examples, needs_identity=self.needs_identity)
        if problems:
            raise ValidationError(problems)

    def examples(self, language: str) -> list[str]:
        text: str = self.examples_zh if language == "zh" else self.examples_en
        return [line.strip() for line in text.splitlines() if line.strip()]

    def answer(self, language: str) -> str:
        return self.answer_zh if language == "zh" else self.answer_en

    def unknown(self, language: str) -> str:
        return self.unknown_zh if language == "zh" else self.unknown_en


class Slot(models.Model):
    """A value that a lookup needs: how it looks like in a message, and what is asked where it is missing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lookup = models.ForeignKey(Lookup, models.CASCADE, related_name="slots", verbose_name=_("lookup"))
    name = models.SlugField(_("name"), max_length=40)
    pattern = models.CharField(_("pattern"), max_length=200, help_text=_("A regular expression for the value alone, such as A[0-9]{4}."))
    sample = models.CharField(_("an example"), max_length=100)
    question_zh = models.CharField(_("question in Chinese"), max_length=300)
    question_en = models.CharField(_("question in English"), max_length=300)
    place = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("value")
        verbose_name_plural = _("values")
        ordering = ["place", "name"]
        constraints = [models.UniqueConstraint(fields=["lookup", "name"], name="slot_name_once")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.name == VISITOR:
            raise ValidationError({"name": _("This name stands for the visitor. Choose another one.")})
        if problem := pattern_problem(self.pattern, self.sample):
            raise ValidationError({"pattern": problem})

    def question(self, language: str) -> str:
        return self.question_zh if language == "zh" else self.question_en
