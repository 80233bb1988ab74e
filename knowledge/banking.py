"""A knowledge base's rows as the frozen values that a snapshot is built from.

Knows rows. Does not know vectors, files or when anything is published.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from knowledge.articles.passages import split_article
from knowledge.contracts import LANGUAGES
from knowledge.faq.bank import Bank, BankAnswer, BankFaq, BankIntent, BankPassage, BankVariant
from knowledge.models import Article, Faq, Intent, IntentExample, KnowledgeBase


def bank_of(kb_id: UUID | str) -> Bank:
    """Live rows only, in an order that does not depend on when they were written."""
    base = KnowledgeBase.objects.get(pk=kb_id)
    return Bank(
        owner=str(base.pk),
        faqs=tuple(_faq(row) for row in _faq_rows(base)),
        passages=tuple(passage for article in _articles(base) for passage in _passages(article)),
        intents=tuple(_intent(row) for row in Intent.objects.filter(knowledge_base=base, is_live=True).prefetch_related("examples").order_by("key")),
        promise=base.promise,
        category_promises=dict(base.category_promises),
    )


def _faq_rows(base: KnowledgeBase) -> Any:
    return Faq.objects.filter(knowledge_base=base, state=Faq.State.LIVE).prefetch_related("variants", "answers").order_by("key")


def _faq(row: Faq) -> BankFaq:
    variants = sorted(row.variants.all(), key=lambda variant: (variant.language, not variant.is_canonical, variant.pk))
    return BankFaq(
        key=row.key,
        variants=tuple(BankVariant(variant.text, variant.language, variant.is_canonical) for variant in variants),  # type: ignore[arg-type]
        answers={answer.language: BankAnswer(answer.text, answer.url) for answer in row.answers.all()},  # type: ignore[misc]
        category=row.category,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def _articles(base: KnowledgeBase) -> Any:
    return Article.objects.filter(knowledge_base=base, is_live=True).order_by("key", "language")


def _passages(article: Article) -> tuple[BankPassage, ...]:
    pieces = split_article(article.body, is_markdown=article.format == Article.Format.MARKDOWN)
    return tuple(
        BankPassage(article.key, article.title, piece.heading, piece.text, article.language, article.url)  # type: ignore[arg-type]
        for piece in pieces
    )


def _intent(row: Intent) -> BankIntent:
    texts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for example in sorted(row.examples.all(), key=lambda example: example.pk):
        texts[example.kind][example.language].append(example.text)

    def of(kind: str) -> Any:
        return {language: tuple(texts[kind][language]) for language in LANGUAGES if texts[kind][language]}

    replies = {"zh": row.reply_zh, "en": row.reply_en}
    return BankIntent(
        key=row.key,
        action=row.action,
        replies={language: text for language, text in replies.items() if text},  # type: ignore[misc]
        examples=of(IntentExample.Kind.EXAMPLE),
        phrases=of(IntentExample.Kind.PHRASE),
    )
