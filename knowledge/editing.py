"""One FAQ or article at a time, as plain data: what pages and programs outside of the admin read and write. Nothing is published by it.

A FAQ is {key, category, state, variants: {language: [texts]}, answers: {language: {text, url}}}; the first variant of a language is the one
that visitors see. An article is {key, language, title, body, format, url, is_live}. Knows rows; rights are the caller's business.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from knowledge.collisions import collisions_ask
from knowledge.contracts import LANGUAGES, Language
from knowledge.faq_keys import is_reserved
from knowledge.faq_writing import FaqChange, faqs_set_state, faqs_write
from knowledge.importing import passages_refresh
from knowledge.models import Article, Faq, KnowledgeBase, Variant

Row = dict[str, Any]

MAX_PHRASING = 500  # characters


class NoSuchKey(LookupError):
    """There is no such FAQ or article in the knowledge base."""


class KeyTaken(ValueError):
    """Something of this key is there already, or the key means something else."""


# --- FAQs ------------------------------------------------------------------------------------------------------------


def faqs_page(kb_id: UUID | str, *, query: str = "", after: str = "", limit: int = 50) -> tuple[list[Row], str | None]:
    """By key, and the key to go on after."""
    rows = Faq.objects.filter(knowledge_base_id=UUID(str(kb_id)), key__gt=after).prefetch_related("variants", "answers").order_by("key")
    if query:
        rows = rows.filter(Q(key__icontains=query) | Q(variants__text__icontains=query) | Q(answers__text__icontains=query)).distinct()
    found = list(rows[: limit + 1])
    return [faq_data(faq) for faq in found[:limit]], found[limit - 1].key if len(found) > limit else None


def faq_read(kb_id: UUID | str, key: str) -> Row:
    return faq_data(_faq(kb_id, key))


def faq_data(faq: Faq) -> Row:
    variants = sorted(faq.variants.all(), key=lambda variant: (not variant.is_canonical, variant.pk))
    return {
        "key": faq.key,
        "category": faq.category,
        "state": faq.state,
        "variants": {language: [variant.text for variant in variants if variant.language == language] for language in LANGUAGES},
        "answers": {answer.language: {"text": answer.text, "url": answer.url} for answer in faq.answers.all()},
        "changed": faq.changed,
    }


def faq_create(kb_id: UUID | str, row: Row) -> Row:
    """Raises KeyTaken."""
    with transaction.atomic():
        base = KnowledgeBase.objects.select_for_update().get(pk=kb_id)
        if is_reserved(row["key"]) or Faq.objects.filter(knowledge_base=base, key=row["key"]).exists():
            raise KeyTaken(row["key"])
        _write(Faq(knowledge_base=base, key=row["key"]), row)
    return faq_read(kb_id, row["key"])


def faq_update(kb_id: UUID | str, key: str, row: Row) -> Row:
    """The whole FAQ as `row` says; its key stays. Raises NoSuchKey."""
    with transaction.atomic():
        KnowledgeBase.objects.select_for_update().get(pk=kb_id)
        _write(_faq(kb_id, key), row)
    return faq_read(kb_id, key)


def faq_delete(kb_id: UUID | str, key: str) -> None:
    _faq(kb_id, key).delete()


def _write(faq: Faq, row: Row) -> None:
    faq.category, faq.state = row.get("category", ""), row.get("state", Faq.State.LIVE)
    variants: dict[Language, dict[str, bool]] = {
        language: {text: place == 0 for place, text in enumerate(_phrasings(row["variants"].get(language, [])))} for language in LANGUAGES
    }
    answers: dict[Language, tuple[str, str]] = {
        language: (row["answers"].get(language, {}).get("text", ""), row["answers"].get(language, {}).get("url", "")) for language in LANGUAGES
    }
    faqs_write([FaqChange(faq, variants, answers)])


def _phrasings(texts: Iterable[str]) -> list[str]:
    """Each once. A visitor's message, which may become one, can be longer and have several lines; tables keep one phrasing a line."""
    one_line = (" ".join(text.splitlines())[:MAX_PHRASING].strip() for text in texts)
    return list(dict.fromkeys(filter(None, one_line)))


def faq_disable(kb_id: UUID | str, key: str) -> None:
    """Raises NoSuchKey."""
    with transaction.atomic():
        faqs_set_state([_faq(kb_id, key)], Faq.State.DISABLED)


def variant_add(kb_id: UUID | str, key: str, language: Language, text: str) -> None:
    """One more way to ask; nothing where the FAQ has it already. Raises NoSuchKey."""
    with transaction.atomic():
        faq = _faq(kb_id, key)
        known = faq.variants.filter(language=language)
        for phrasing in _phrasings([text]):
            if known.filter(text=phrasing).exists():
                continue
            Variant.objects.create(faq=faq, language=language, text=phrasing, is_canonical=not known.filter(is_canonical=True).exists())
            faq.save()
            collisions_ask([faq])


def faq_questions(company_id: UUID | str, keys: Iterable[str], language: str) -> dict[str, str]:
    """By key, the question as visitors see it; in this language where there is one."""
    found: dict[str, str] = {}
    of_company = Variant.objects.filter(faq__knowledge_base__company=UUID(str(company_id)), faq__key__in=list(keys), is_canonical=True)
    for key, own, text in of_company.order_by("faq__key", "language").values_list("faq__key", "language", "text"):
        if key not in found or own == language:
            found[key] = text
    return found


def faq_titles(kb_id: UUID | str) -> list[tuple[str, str]]:
    """(key, the question as visitors see it, in the languages there are), by key."""
    shown = Variant.objects.filter(faq__knowledge_base_id=UUID(str(kb_id)), is_canonical=True).order_by("faq__key", "language")
    found: dict[str, list[str]] = {}
    for key, text in shown.values_list("faq__key", "text"):
        found.setdefault(key, []).append(text)
    return [(key, " · ".join(texts)) for key, texts in found.items()]


def _faq(kb_id: UUID | str, key: str) -> Faq:
    rows: QuerySet[Faq] = Faq.objects.filter(knowledge_base_id=UUID(str(kb_id)), key=key).prefetch_related("variants", "answers")
    faq = rows.first()
    if faq is None:
        raise NoSuchKey(key)
    return faq


# --- articles --------------------------------------------------------------------------------------------------------

ARTICLE_FIELDS = ("title", "body", "format", "url", "is_live")


def articles_page(kb_id: UUID | str, *, after: str = "", limit: int = 50) -> tuple[list[Row], str | None]:
    """By key and language; `after` is "key:language"."""
    key, _, language = after.rpartition(":")
    rows = Article.objects.filter(knowledge_base_id=UUID(str(kb_id))).order_by("key", "language")
    if after:
        rows = rows.filter(Q(key__gt=key) | Q(key=key, language__gt=language))
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return [article_data(article) for article in found[:limit]], f"{last.key}:{last.language}" if last else None


def article_read(kb_id: UUID | str, key: str, language: str) -> Row:
    return article_data(_article(kb_id, key, language))


def article_data(article: Article) -> Row:
    return {name: getattr(article, name) for name in ("key", "language", *ARTICLE_FIELDS, "changed")}


@transaction.atomic
def article_put(kb_id: UUID | str, key: str, language: str, row: Row) -> tuple[Row, bool]:
    """The article as `row` says, and whether it is new."""
    known = Article.objects.filter(knowledge_base_id=UUID(str(kb_id)), key=key, language=language).first()
    article = known or Article(knowledge_base_id=UUID(str(kb_id)), key=key, language=language)
    for name in ARTICLE_FIELDS:
        if name in row:
            setattr(article, name, row[name])
    article.save()
    passages_refresh(article)
    return article_data(article), known is None


def article_delete(kb_id: UUID | str, key: str, language: str) -> None:
    _article(kb_id, key, language).delete()


def _article(kb_id: UUID | str, key: str, language: str) -> Article:
    article = Article.objects.filter(knowledge_base_id=UUID(str(kb_id)), key=key, language=language).first()
    if article is None:
        raise NoSuchKey(key)
    return article
