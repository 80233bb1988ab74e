"""The word filter of a company: the starter list and its own lists, compiled once a process and renewed when they change.

Knows rows and the cache. Loads no heavy library: the web process screens with it. Does not know how words are found.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max

from knowledge.contracts import Level, WordFilter
from knowledge.models import Word, WordList
from knowledge.sensitive.matcher import build_matcher
from knowledge.sensitive.starter import starter_allowed, starter_terms
from knowledge.sensitive.terms import Term

STARTER = "starter"  # a list of this name that is not live switches the shipped words off for its company
CHECK_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class _Cached:
    matcher: WordFilter
    marks: tuple[object, ...]
    checked: float


class FilterCache:
    """One compiled filter per company. A query at most once a second and company; a swap never disturbs who holds the old one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._cached: dict[str, _Cached] = {}
        self._lock = threading.Lock()

    def get(self, company_id: UUID | str) -> WordFilter:
        key = str(company_id)
        cached = self._cached.get(key)
        if cached and self._clock() - cached.checked < CHECK_EVERY_S:
            return cached.matcher
        with self._lock:
            cached = self._cached.get(key)
            now = self._clock()
            if cached and now - cached.checked < CHECK_EVERY_S:
                return cached.matcher
            marks = _marks(key)
            # Marks are read before the words: a change in between is seen again at the next check, never lost.
            matcher = cached.matcher if cached and cached.marks == marks else compile_for(key)
            self._cached[key] = _Cached(matcher, marks, now)
            return matcher

    def forget(self) -> None:
        with self._lock:
            self._cached.clear()


_filters = FilterCache()


def word_filter(company_id: UUID | str) -> WordFilter:
    """The company's filter, at most a second old."""
    return _filters.get(company_id)


def word_list_version(company_id: UUID | str) -> str:
    """Part of every cache key: answers that were filtered by other words are not replayed."""
    return word_filter(company_id).version


def forget_word_filters() -> None:
    """For tests, whose databases roll back without a mark."""
    _filters.forget()


def compile_for(company_id: UUID | str) -> WordFilter:
    """The starter first, then the company's live lists, which win over it."""
    switches = dict(WordList.objects.filter(company_id=company_id).values_list("name", "is_live"))
    has_starter = switches.get(STARTER, True)
    rows = list(Word.objects.filter(word_list__company_id=company_id, word_list__is_live=True).values_list("term", "category", "level", "language"))
    own = [Term(term, category, Level(level), language) for term, category, level, language in rows if level != Word.Level.ALLOW]
    allowed = [term for term, _, level, _ in rows if level == Word.Level.ALLOW]
    if has_starter:
        allowed += starter_allowed()
    return build_matcher([starter_terms() if has_starter else (), own], allowed)


def _marks(company_id: str) -> tuple[object, ...]:
    """What changes whenever a list or a word does: newest change, number of lists, of live ones, of words."""
    lists = WordList.objects.filter(company_id=company_id)
    marks = lists.aggregate(changed=Max("changed"), lists=Count("id"))
    words = Word.objects.filter(word_list__company_id=company_id).aggregate(words=Count("id"), newest=Max("id"))
    live = tuple(lists.filter(is_live=True).order_by("id").values_list("id", flat=True))
    return marks["changed"], marks["lists"], live, words["words"], words["newest"]
