"""Figures about a company's words: how many there are, which were met, and when a list changed last. Knows rows; does not know pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from knowledge.models import Word, WordHit, WordList
from knowledge.sensitive.starter import starter_terms
from knowledge.words import STARTER

DAYS = 30
MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """Hits are those of the last DAYS days; pairs are (name, number), most first."""

    categories: list[tuple[str, int, int]]  # own words, shipped ones
    lists: list[tuple[str, bool, int, datetime]]
    by_category: list[tuple[str, int]]
    by_level: list[tuple[str, int]]
    by_direction: list[tuple[str, int]]
    by_day: list[tuple[date, int]]
    top: list[tuple[str, str, int]]
    num_hits: int


def figures_of(company: UUID | str, sites: Sequence[Any] = ()) -> Figures:
    """`sites`: those that whoever asks is limited to; empty for all."""
    hits = WordHit.objects.filter(company_id=company, at__gte=timezone.now() - timedelta(days=DAYS))
    hits = hits.filter(site__in=sites) if sites else hits
    top = hits.order_by().values_list("term", "category").annotate(n=Count("pk")).order_by("-n", "term")[:MOST_WORDS]
    return Figures(
        categories=_categories(company),
        lists=_lists(company),
        by_category=_by(hits, "category"),
        by_level=_by(hits, "level"),
        by_direction=_by(hits, "direction"),
        by_day=_by_day(hits),
        top=list(top),
        num_hits=hits.count(),
    )


def _by(hits: QuerySet[WordHit], field: str) -> list[tuple[str, int]]:
    return list(hits.order_by().values_list(field).annotate(n=Count("pk")).order_by("-n", field))


def _by_day(hits: QuerySet[WordHit]) -> list[tuple[date, int]]:
    """Every day, also those without a hit."""
    counted = dict(hits.order_by().annotate(day=TruncDate("at")).values_list("day").annotate(n=Count("pk")))
    today = timezone.localdate()
    return [(day, counted.get(day, 0)) for day in (today - timedelta(days=back) for back in range(DAYS))]


def _categories(company: UUID | str) -> list[tuple[str, int, int]]:
    words = Word.objects.filter(word_list__company_id=company, word_list__is_live=True)
    own = Counter(dict(words.values_list("category").annotate(n=Count("pk")).order_by("category")))
    is_off = WordList.objects.filter(company_id=company, name=STARTER, is_live=False).exists()
    shipped = Counter() if is_off else Counter(term.category for term in starter_terms())
    return [(name, own[name], shipped[name]) for name in sorted({*own, *shipped}, key=lambda name: (-own[name] - shipped[name], name))]


def _lists(company: UUID | str) -> list[tuple[str, bool, int, datetime]]:
    rows = WordList.objects.filter(company_id=company).annotate(n=Count("words"), last=Max("changed")).order_by("name")
    return list(rows.values_list("name", "is_live", "n", "last"))
