"""The word filter of a company: the starter list and its own lists, compiled once a process and renewed when they change.

Knows rows. Loads no heavy library: the web process screens with it. Does not know how words are found, nor who keeps what is compiled.
"""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.db.models import Count, Max

from knowledge.contracts import IN_NEED, Direction, Level
from knowledge.models import Word, WordList, WordRule
from knowledge.sensitive.matcher import Matcher, build_matcher
from knowledge.sensitive.rules import Rule, Rules
from knowledge.sensitive.starter import is_shipped_cry, starter_allowed, starter_terms
from knowledge.sensitive.terms import Term
from knowledge.word_cache import CHECK_EVERY_S, FilterCache, Listed, Marks

__all__ = ["CHECK_EVERY_S", "FilterCache", "Rows", "STARTER", "forget_word_filters", "word_filter", "word_list_version"]

STARTER = "starter"  # a list of this name that is not live switches the shipped words off for its company


class Rows:
    """What a company's filter is made of, as the database has it."""

    def marks(self, company_id: str) -> Marks:
        """What changes whenever a list or a word does, and whenever a rule does."""
        lists = WordList.objects.filter(company_id=company_id).order_by("id").values_list("id", "changed", "is_live")
        words = tuple(lists.annotate(number=Count("words"), newest=Max("words")))
        rules = WordRule.objects.filter(company_id=company_id).aggregate(rules=Count("id"), newest=Max("id"), changed=Max("changed"))
        return Marks(words, tuple(rules.values()))

    def listed(self, company_id: str) -> Listed:
        """The starter first, then the company's live lists, which win over it; but a cry for help stays one, unless it is listed as such.

        Lists from elsewhere hold such words among others, and whoever imports one does not mean to take the helpline away.
        """
        has_starter = not WordList.objects.filter(company_id=company_id, name=STARTER, is_live=False).exists()
        live = Word.objects.filter(word_list__company_id=company_id, word_list__is_live=True)
        rows = list(live.values_list("term", "category", "level", "language"))
        named = [Term(term, category, Level(level), language) for term, category, level, language in rows if level != Word.Level.ALLOW]
        own = [term for term in named if term.category == IN_NEED or not (has_starter and is_shipped_cry(term.text))]
        allowed = [term for term, _, level, _ in rows if level == Word.Level.ALLOW]
        return Listed((starter_terms() if has_starter else (), own), [*allowed, *(starter_allowed() if has_starter else ())])

    def rules(self, company_id: str) -> tuple[Rules, dict[str, Rules]]:
        """Those of the company, and those of each site that has some."""
        of_site: dict[str, list[Rule]] = {}
        rows = WordRule.objects.filter(company_id=company_id).values_list("site_id", "category", "direction", "action")
        for site, category, direction, action in rows:
            rule = Rule(category, Direction(direction) if direction else None, Level(action))
            of_site.setdefault(str(site), []).append(rule)
        company = of_site.pop(str(None), [])
        return Rules(of_company=company), {site: Rules(rules, company) for site, rules in of_site.items()}

    def compile(self, listed: Listed) -> Matcher:
        starter, own = listed.lists
        if starter and not own and tuple(listed.allowed) == starter_allowed():
            return _starter_matcher()
        return build_matcher(listed.lists, listed.allowed)


@cache
def _starter_matcher() -> Matcher:
    """One for all companies that list nothing of their own: it cannot be changed, and each company's rules lie around it."""
    return build_matcher([starter_terms()], starter_allowed())


_filters = FilterCache(Rows())


def word_filter(company_id: UUID | str, site_id: UUID | str | None = None) -> Matcher:
    """The company's filter as it acts on one of its sites; without a site by the company's rules alone."""
    return _filters.get(company_id, site_id)


def word_list_version(company_id: UUID | str) -> str:
    """Part of every cache key: answers that were filtered by other words are not replayed."""
    return word_filter(company_id).version


def forget_word_filters() -> None:
    """For tests, whose databases roll back without a mark."""
    _filters.forget()
