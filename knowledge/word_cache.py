"""One compiled word filter per company and process, renewed soon after its words change and without anybody waiting for it.

A query at most once a second and company. Whoever comes first renews; others, and whoever holds the old filter, are not disturbed. Many words
are compiled by a thread of their own while the old ones go on filtering. Does not know rows.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from uuid import UUID

from knowledge.sensitive.matcher import Matcher
from knowledge.sensitive.rules import Rules
from knowledge.sensitive.terms import Term

log = logging.getLogger(__name__)

CHECK_EVERY_S = 1.0
LARGE = 5_000  # words; fewer are compiled in less time than a message takes


class Marks(NamedTuple):
    words: tuple[object, ...]
    rules: tuple[object, ...]


class Listed(NamedTuple):
    lists: Sequence[Sequence[Term]]
    allowed: Iterable[str]


class Source(Protocol):
    def marks(self, company_id: str) -> Marks: ...

    def listed(self, company_id: str) -> Listed: ...

    def rules(self, company_id: str) -> tuple[Rules, dict[str, Rules]]: ...

    def compile(self, listed: Listed) -> Matcher: ...


@dataclass(slots=True)
class _Cached:
    """Of a company. Whoever has the lock renews it; `company` and `sites` are swapped, never changed."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    matcher: Matcher | None = None
    company: Matcher | None = None
    sites: dict[str, Matcher] = field(default_factory=dict)
    marks: Marks | None = None
    checked: float = 0.0

    def put(self, matcher: Matcher, rules: tuple[Rules, dict[str, Rules]], marks: Marks) -> None:
        self.sites = {site: matcher.under(of_site) for site, of_site in rules[1].items()}
        self.matcher, self.company, self.marks = matcher, matcher.under(rules[0]), marks

    def on(self, site_id: UUID | str | None) -> Matcher:
        assert self.company  # whoever finds none has made it, or was told why it cannot be made
        return self.sites.get(str(site_id), self.company)


class FilterCache:
    def __init__(self, source: Source, clock: Callable[[], float] = time.monotonic) -> None:
        self._source, self._clock = source, clock
        self._cached: dict[str, _Cached] = {}

    def get(self, company_id: UUID | str, site_id: UUID | str | None = None) -> Matcher:
        cached = self._cached.setdefault(str(company_id), _Cached())
        if (cached.company is None or not self._is_fresh(cached)) and cached.lock.acquire(blocking=cached.company is None):
            self._renew(cached, str(company_id))
        return cached.on(site_id)

    def forget(self) -> None:
        self._cached.clear()

    def _is_fresh(self, cached: _Cached) -> bool:
        return cached.company is not None and self._clock() - cached.checked < CHECK_EVERY_S

    def _renew(self, cached: _Cached, company_id: str) -> None:
        """Has the lock, and gives it back: at once, or when a thread has compiled."""
        is_left = False
        try:
            if not self._is_fresh(cached):
                is_left = self._read(cached, company_id)
        finally:
            if not is_left:
                cached.lock.release()

    def _read(self, cached: _Cached, company_id: str) -> bool:
        """Whether a thread goes on, which then gives the lock back."""
        # Marks are read before the rows: a change in between is seen again at the next check, never lost.
        marks, cached.checked = self._source.marks(company_id), self._clock()
        if marks == cached.marks:
            return False
        rules = self._source.rules(company_id)
        if cached.matcher and cached.marks and marks.words == cached.marks.words:
            cached.put(cached.matcher, rules, marks)
            return False
        listed = self._source.listed(company_id)
        if cached.company is None or sum(map(len, listed.lists)) <= LARGE:
            cached.put(self._source.compile(listed), rules, marks)
            return False
        threading.Thread(target=self._compile_beside, args=(cached, listed, rules, marks), name="words", daemon=True).start()
        return True

    def _compile_beside(self, cached: _Cached, listed: Listed, rules: tuple[Rules, dict[str, Rules]], marks: Marks) -> None:
        try:
            cached.put(self._source.compile(listed), rules, marks)
        except Exception:
            log.exception("words could not be compiled; those of before go on filtering")
        finally:
            cached.lock.release()
