"""Collisions on a FAQ's page: the same words are found at once, near ones come from a worker within seconds and are shown when they are there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.collisions import are_looked_for, collisions_ask, titles_of
from knowledge.faq_twins import twins_of
from knowledge.models import Collision, Faq, Variant

PART = "admin/knowledge/faq/collisions.html"


class TakesTraffic(admin.SimpleListFilter):
    title = _("takes traffic from others")
    parameter_name = "takes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Faq]) -> QuerySet[Faq]:
        if self.value() not in ("yes", "no"):
            return queryset
        live = Variant.objects.filter(faq__state=Faq.State.LIVE).exclude(exact=None).exclude(exact="")
        same = live.filter(exact=OuterRef("exact"), language=OuterRef("language"), faq__knowledge_base=OuterRef("faq__knowledge_base"))
        twins = live.filter(Exists(same.exclude(faq=OuterRef("faq")))).values("faq")
        takes = Q(pk__in=twins) | Q(pk__in=Collision.objects.values("faq"))
        return queryset.filter(takes if self.value() == "yes" else ~takes)


class TellsCollisions(admin.ModelAdmin):  # type: ignore[type-arg]
    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/collisions/", self.admin_site.admin_view(self.collisions_part), name="knowledge_faq_collisions")
        return [own, *super().get_urls()]

    def collisions_part(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A piece of the page; 202 while it is still being looked for."""
        faq: Any = get_object_or_404(self.get_queryset(request), pk=pk)
        return HttpResponse(collisions_shown(faq), status=202 if are_looked_for(faq) else 200)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        faq: Faq = form.instance
        collisions_ask([faq])
        for _text, title, *_rest in _twins(faq)[:3]:
            told = gettext("“%(text)s” is a phrasing of “%(faq)s” too. Asked so, neither of them answers directly. Change it here or there.")
            messages.warning(request, told % {"text": _text, "faq": title})

    @admin.display(description=_("takes traffic from"), empty_value="–")
    def collisions_told(self, faq: Faq) -> SafeString | None:
        if not faq.pk:
            return None
        address = reverse("admin:knowledge_faq_collisions", args=[faq.pk])
        waiting = format_html(' data-part="{}"', address) if are_looked_for(faq) else ""
        return format_html('<div role="status"{}>{}</div>', waiting, collisions_shown(faq))


def collisions_shown(faq: Faq) -> SafeString:
    told = {
        "twins": _twins(faq),
        "near": _near(faq),
        "are_looked_for": are_looked_for(faq),
        "were_asked_for": faq.collisions_asked is not None,
        "found": faq.collisions_found,
    }
    return render_to_string(PART, told)


def _twins(faq: Faq) -> list[tuple[str, str, str]]:
    """(the phrasing, the other FAQ's question, its page)"""
    if faq.state != Faq.State.LIVE:
        return []
    found = twins_of(faq, faq.variants.values_list("language", "text"))
    titles = titles_of(faq.knowledge_base_id, {twin.faq for twin in found})
    return [(twin.text, titles.get(twin.faq, twin.faq), reverse("admin:knowledge_faq_change", args=[twin.faq_pk])) for twin in found]


def _near(faq: Faq) -> list[tuple[str, str, str, str, int]]:
    """(the phrasing, the other FAQ's question, its page, its phrasing that is nearest, the chance in percent), as far as both are still there."""
    if faq.state != Faq.State.LIVE:
        return []
    texts = set(faq.variants.values_list("language", "text"))
    same = {(twin.text, twin.faq) for twin in twins_of(faq, texts)}
    rows = [row for row in faq.collisions.all() if (row.language, row.text) in texts and (row.text, row.other) not in same]
    others = dict(Faq.objects.filter(knowledge_base=faq.knowledge_base_id, key__in={row.other for row in rows}).values_list("key", "pk"))
    titles = titles_of(faq.knowledge_base_id, set(others))
    pages = {key: reverse("admin:knowledge_faq_change", args=[pk]) for key, pk in others.items()}
    known = [row for row in rows if row.other in others]
    return [(row.text, titles.get(row.other, row.other), pages[row.other], row.variant, round(100 * row.chance)) for row in known]
