"""FAQs and articles as editors and programs read and write them: the facade's part of it.

Loads rows when it is called, not when it is imported. Knows no snapshots; what is written answers after the next publishing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from knowledge.contracts import Language

Row = dict[str, Any]


def faqs_page(kb_id: UUID | str, *, query: str = "", after: str = "", limit: int = 50) -> tuple[list[Row], str | None]:
    """FAQs as plain data by key, and the key to go on after; see `knowledge.editing` for the shape."""
    from knowledge.editing import faqs_page as edit

    return edit(kb_id, query=query, after=after, limit=limit)


def faq_read(kb_id: UUID | str, key: str) -> Row:
    """Raises `LookupError`."""
    from knowledge.editing import faq_read as edit

    return edit(kb_id, key)


def faq_create(kb_id: UUID | str, row: Row) -> Row:
    """Raises `ValueError` where the key is taken."""
    from knowledge.editing import faq_create as edit

    return edit(kb_id, row)


def faq_update(kb_id: UUID | str, key: str, row: Row) -> Row:
    """The whole FAQ as `row` says. Raises `LookupError`."""
    from knowledge.editing import faq_update as edit

    return edit(kb_id, key, row)


def faq_delete(kb_id: UUID | str, key: str) -> None:
    """Raises `LookupError`."""
    from knowledge.editing import faq_delete as edit

    edit(kb_id, key)


def faq_titles(kb_id: UUID | str) -> list[tuple[str, str]]:
    """(key, question as visitors see it), by key."""
    from knowledge.editing import faq_titles as edit

    return edit(kb_id)


def faq_questions(company_id: UUID | str, keys: Iterable[str], language: str) -> dict[str, str]:
    """By key, the question as visitors see it; in this language where there is one. Missing keys are missing."""
    from knowledge.editing import faq_questions as edit

    return edit(company_id, keys, language)


def faq_disable(kb_id: UUID | str, key: str) -> None:
    """Answers no more from the next publishing on. Raises `LookupError`."""
    from knowledge.editing import faq_disable as edit

    edit(kb_id, key)


def faq_row_id(kb_id: UUID | str, key: str) -> int | None:
    """The number of the FAQ's row, for the address of its page in the admin."""
    from knowledge.models import Faq

    return Faq.objects.filter(knowledge_base_id=UUID(str(kb_id)), key=key).values_list("pk", flat=True).first()


def variant_add(kb_id: UUID | str, key: str, language: Language, text: str) -> None:
    """One more way to ask. Raises `LookupError`."""
    from knowledge.editing import variant_add as edit

    edit(kb_id, key, language, text)


def articles_page(kb_id: UUID | str, *, after: str = "", limit: int = 50) -> tuple[list[Row], str | None]:
    """Articles by key and language; `after` is "key:language"."""
    from knowledge.editing import articles_page as edit

    return edit(kb_id, after=after, limit=limit)


def article_read(kb_id: UUID | str, key: str, language: str) -> Row:
    """Raises `LookupError`."""
    from knowledge.editing import article_read as edit

    return edit(kb_id, key, language)


def article_put(kb_id: UUID | str, key: str, language: str, row: Row) -> tuple[Row, bool]:
    """The article as `row` says, and whether it is new."""
    from knowledge.editing import article_put as edit

    return edit(kb_id, key, language, row)


def article_delete(kb_id: UUID | str, key: str, language: str) -> None:
    """Raises `LookupError`."""
    from knowledge.editing import article_delete as edit

    edit(kb_id, key, language)
