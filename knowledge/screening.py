"""What the product may use of the word filter: the facade's part for it. Importing it is cheap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from knowledge.contracts import Direction, WordFilter

ONE_OF_EACH = "卖银 shabi 弓虽女干 混🥚"  # a disguise for every table


def word_filter(company_id: UUID | str, site_id: UUID | str | None = None) -> WordFilter:
    """The company's compiled word lists, at most a few seconds old, as they act on one of its sites."""
    from knowledge.words import word_filter as filter_of

    return filter_of(company_id, site_id)


def open_words() -> list[WordFilter]:
    """Every company's filter, compiled and read once: the first text waits for none."""
    from knowledge.models import KnowledgeBase

    filters = [word_filter(company_id) for company_id in KnowledgeBase.objects.values_list("company_id", flat=True).distinct()]
    for words in filters:
        words.check(ONE_OF_EACH, Direction.BOT)
    return filters


def warm_words() -> None:
    """With the tables that guesses at disguised words read. For workers that read visitors' messages."""
    for words in open_words():
        words.suspect(ONE_OF_EACH)


def messages_from(source: Callable[[UUID | str, int], list[str]]) -> None:
    """Whoever has a company's last messages offers them here: word lists are vetted by them."""
    from knowledge.messages_heard import heard_from

    heard_from(source)


def word_hits_keep(
    company_id: UUID | str,
    site_id: UUID | str | None,
    direction: Direction,
    hits: Iterable[Mapping[str, Any]],
    *,
    conversation_id: UUID | None = None,
) -> None:
    """In the company's record of what was met. `hits`: {term, found, category, level, why}."""
    from knowledge.word_hits import hits_keep

    hits_keep(company_id, site_id, direction, hits, conversation_id=conversation_id)


def word_warned_among(conversations: Sequence[UUID]) -> set[UUID]:
    """Those in which agents were warned of a listed word lately."""
    from knowledge.word_hits import warned_among

    return warned_among(conversations)


def word_list_version(company_id: UUID | str) -> str:
    return word_filter(company_id).version
