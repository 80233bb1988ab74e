"""A knowledge base made equal to plain data: by key, in one transaction, unchanged rows untouched.

Knows rows and the data's shape ({key, category, variants: {zh, en}, answers: {zh, en}, url}). Publishes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from knowledge.articles.passages import split_article
from knowledge.contracts import LANGUAGES
from knowledge.models import Article, Faq, FaqAnswer, Intent, IntentExample, KnowledgeBase, Passage, Variant

Row = Mapping[str, Any]


def create_knowledge_base(company_id: UUID | str, name: str) -> str:
    return str(KnowledgeBase.objects.create(company_id=UUID(str(company_id)), name=name).pk)


@transaction.atomic
def replace_knowledge(kb_id: str, *, faqs: Iterable[Row], articles: Iterable[Row], intents: Iterable[Row]) -> bool:
    """True when anything changed. Rows that the data does not name are removed."""
    base = KnowledgeBase.objects.select_for_update().get(pk=kb_id)
    changed = [_replace_faqs(base, list(faqs)), _replace_articles(base, list(articles)), _replace_intents(base, list(intents))]
    return any(changed)


def is_newer_than_published(kb_id: UUID | str) -> bool:
    """Whether anything was edited or removed since the rows were read that visitors are answered from: a stop or a failure may have come between."""
    base = KnowledgeBase.objects.get(pk=kb_id)
    published = base.snapshots.exclude(published=None).order_by("-published").first()
    until = (published.edits_until or published.published) if published else None
    return until is None or is_edited_since(kb_id, until)


def is_edited_since(kb_id: UUID | str, moment: datetime) -> bool:
    """Whether a FAQ, an article or an intent was edited or removed after that."""
    found = (model.history.filter(knowledge_base_id=UUID(str(kb_id))) for model in (Faq, Article, Intent))
    return any(rows.filter(history_date__gt=moment).exists() for rows in found)


def passages_refresh(article: Article) -> None:
    """An article's passages as its text gives them now."""
    pieces = split_article(article.body, is_markdown=article.format == Article.Format.MARKDOWN)
    article.passages.all().delete()
    Passage.objects.bulk_create(
        Passage(article=article, position=position, heading=piece.heading[:300], text=piece.text, page=piece.page)
        for position, piece in enumerate(pieces)
    )


# --- FAQs ------------------------------------------------------------------------------------------------------------


def _replace_faqs(base: KnowledgeBase, rows: list[Row]) -> bool:
    known = {faq.key: faq for faq in Faq.objects.filter(knowledge_base=base).prefetch_related("variants", "answers")}
    gone = set(known) - {row["key"] for row in rows}
    Faq.objects.filter(knowledge_base=base, key__in=gone).delete()
    changed = [row for row in rows if row["key"] not in known or _faq_as_data(known[row["key"]]) != _faq_wanted(row)]
    for row in changed:
        _write_faq(base, known.get(row["key"]), row)
    return bool(gone or changed)


def _faq_wanted(row: Row) -> dict[str, Any]:
    return {
        "category": row.get("category", ""),
        "url": row.get("url", ""),
        "variants": {language: list(row["variants"].get(language, [])) for language in LANGUAGES},
        "answers": {language: row["answers"][language] for language in LANGUAGES if row["answers"].get(language)},
    }


def _faq_as_data(faq: Faq) -> dict[str, Any]:
    variants = sorted(faq.variants.all(), key=lambda variant: (not variant.is_canonical, variant.pk))
    answers = list(faq.answers.all())
    return {
        "category": faq.category,
        "url": answers[0].url if answers else "",
        "variants": {language: [variant.text for variant in variants if variant.language == language] for language in LANGUAGES},
        "answers": {language: answer.text for language in LANGUAGES for answer in answers if answer.language == language},
    }


def _write_faq(base: KnowledgeBase, faq: Faq | None, row: Row) -> None:
    wanted = _faq_wanted(row)
    if faq is None:
        faq = Faq(knowledge_base=base, key=row["key"])
    faq.category = wanted["category"]
    faq.save()
    faq.variants.all().delete()
    faq.answers.all().delete()
    variants = [
        Variant(faq=faq, language=language, text=text, is_canonical=not place)
        for language, texts in wanted["variants"].items()
        for place, text in enumerate(texts)
    ]
    answers = [FaqAnswer(faq=faq, language=language, text=text, url=wanted["url"]) for language, text in wanted["answers"].items()]
    bulk_create_with_history(variants, Variant)
    bulk_create_with_history(answers, FaqAnswer)


# --- articles --------------------------------------------------------------------------------------------------------


def _replace_articles(base: KnowledgeBase, rows: list[Row]) -> bool:
    """[{key, language, title, body, url}], Markdown."""
    known = {(article.key, article.language): article for article in Article.objects.filter(knowledge_base=base)}
    gone = [known[name].pk for name in set(known) - {(row["key"], row["language"]) for row in rows}]
    Article.objects.filter(pk__in=gone).delete()
    changed = False
    for row in rows:
        wanted = {"title": row["title"], "body": row["body"], "url": row.get("url", ""), "format": Article.Format.MARKDOWN}
        article = known.get((row["key"], row["language"]))
        if article and all(getattr(article, name) == value for name, value in wanted.items()):
            continue
        article = article or Article(knowledge_base=base, key=row["key"], language=row["language"])
        for name, value in wanted.items():
            setattr(article, name, value)
        article.save()
        passages_refresh(article)
        changed = True
    return bool(gone) or changed


# --- intents ---------------------------------------------------------------------------------------------------------


def _replace_intents(base: KnowledgeBase, rows: list[Row]) -> bool:
    known = {intent.key: intent for intent in Intent.objects.filter(knowledge_base=base).prefetch_related("examples")}
    gone = set(known) - {row["key"] for row in rows}
    Intent.objects.filter(knowledge_base=base, key__in=gone).delete()
    changed = [row for row in rows if row["key"] not in known or _intent_as_data(known[row["key"]]) != _intent_wanted(row)]
    for row in changed:
        _write_intent(base, known.get(row["key"]), row)
    return bool(gone or changed)


_KINDS = {"examples": IntentExample.Kind.EXAMPLE, "phrases": IntentExample.Kind.PHRASE}


def _intent_wanted(row: Row) -> dict[str, Any]:
    texts = {name: {language: list(row.get(name, {}).get(language, [])) for language in LANGUAGES} for name in _KINDS}
    return {"action": row["action"], "replies": {language: row.get("replies", {}).get(language, "") for language in LANGUAGES}, **texts}


def _intent_as_data(intent: Intent) -> dict[str, Any]:
    rows = sorted(intent.examples.all(), key=lambda example: example.pk)
    texts = {
        name: {language: [row.text for row in rows if row.kind == kind and row.language == language] for language in LANGUAGES}
        for name, kind in _KINDS.items()
    }
    return {"action": intent.action, "replies": {"zh": intent.reply_zh, "en": intent.reply_en}, **texts}


def _write_intent(base: KnowledgeBase, intent: Intent | None, row: Row) -> None:
    wanted = _intent_wanted(row)
    intent = intent or Intent(knowledge_base=base, key=row["key"])
    intent.action, intent.reply_zh, intent.reply_en = wanted["action"], wanted["replies"]["zh"], wanted["replies"]["en"]
    intent.save()
    intent.examples.all().delete()
    IntentExample.objects.bulk_create(
        IntentExample(intent=intent, kind=kind, language=language, text=text)
        for name, kind in _KINDS.items()
        for language in LANGUAGES
        for text in wanted[name][language]
    )
