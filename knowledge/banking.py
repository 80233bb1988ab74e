"""A knowledge base's rows as the frozen values that a snapshot is built from.

Knows rows. Does not know vectors, files or when anything is published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from knowledge.articles.passages import split_article
from knowledge.contracts import LANGUAGES, Language
from knowledge.faq.bank import Bank, BankAnswer, BankFaq, BankIntent, BankPassage, BankVariant
from knowledge.models import Article, Faq, FaqAnswer, Intent, IntentExample, KnowledgeBase, Variant


def bank_of(kb_id: UUID | str) -> Bank:
    """Live rows only, as they were at one moment, in an order that does not depend on when they were written."""
    with _one_moment():
        base = KnowledgeBase.objects.get(pk=kb_id)
        faqs = tuple(_faqs(base))
        articles = list(Article.objects.filter(knowledge_base=base, is_live=True).order_by("key", "language"))
        intents = list(Intent.objects.filter(knowledge_base=base, is_live=True).prefetch_related("examples").order_by("key"))
    return Bank(
        owner=str(base.pk),
        faqs=faqs,
        passages=tuple(passage for article in articles for passage in _passages(article)),
        intents=tuple(_intent(row) for row in intents),
        promise=base.promise,
        category_promises=dict(base.category_promises),
    )


@contextmanager
def _one_moment() -> Iterator[None]:
    """Whatever is saved meanwhile is read as a whole or not at all: no old question with a new answer.

    A transaction of SQLite sees one moment by itself. Inside of another transaction its isolation cannot be chosen any more.
    """
    may_choose = connection.vendor == "postgresql" and not connection.in_atomic_block
    with transaction.atomic():
        if may_choose:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _faqs(base: KnowledgeBase) -> Iterator[BankFaq]:
    """Three queries, and no model instances: of a large base those alone would take a second."""
    live = Faq.objects.filter(knowledge_base=base, state=Faq.State.LIVE)
    variants: dict[int, list[BankVariant]] = defaultdict(list)
    of_live = Variant.objects.filter(faq__knowledge_base=base, faq__state=Faq.State.LIVE).order_by("language", "-is_canonical", "pk")
    for faq, text, language, is_canonical in of_live.values_list("faq", "text", "language", "is_canonical").iterator():
        variants[faq].append(BankVariant(text, language, is_canonical))  # type: ignore[arg-type]
    answers: dict[int, dict[Language, BankAnswer]] = defaultdict(dict)
    told = FaqAnswer.objects.filter(faq__knowledge_base=base, faq__state=Faq.State.LIVE).order_by("language")
    for faq, language, text, url in told.values_list("faq", "language", "text", "url").iterator():
        answers[faq][language] = BankAnswer(text, url)  # type: ignore[index]
    for pk, key, category, begin, end in live.order_by("key").values_list("pk", "key", "category", "valid_from", "valid_until").iterator():
        yield BankFaq(key, tuple(variants[pk]), answers[pk], category, begin, end)


def _passages(article: Article) -> tuple[BankPassage, ...]:
    pieces = split_article(article.body, is_markdown=article.format == Article.Format.MARKDOWN)
    return tuple(
        BankPassage(article.key, article.title, piece.heading, piece.text, article.language, article.url, piece.page)  # type: ignore[arg-type]
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
