"""Imports that can be undone: what the FAQs of a table were before, kept beside what they became.

Undone is only what is still as the import left it; what people or later imports changed since stays and is named, and can be undone once
it is so again: after the later import was undone itself. Knows rows, no tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from knowledge.contracts import LANGUAGES
from knowledge.faq_writing import BATCH, FaqChange, faqs_delete, faqs_write
from knowledge.models import Faq, FaqImport, KnowledgeBase, Variant

KEPT = 20  # imports of a base

Content = dict[str, Any]  # of a FAQ: all that an import can change


def import_write(base: KnowledgeBase, changes: Sequence[FaqChange], *, by: str, file_name: str) -> FaqImport:
    """In the caller's transaction, which holds the base."""
    keys = [change.faq.key for change in changes]
    before = _contents(base, keys)
    faqs_write(changes)
    after = _contents(base, keys)
    rows = [{"key": key, "before": before.get(key), "after": after[key]} for key in keys]
    made = FaqImport.objects.create(
        knowledge_base=base,
        by=by[:150],
        file_name=file_name[:200],
        rows=rows,
        num_added=sum(row["before"] is None for row in rows),
        num_changed=sum(row["before"] is not None for row in rows),
    )
    old = FaqImport.objects.filter(knowledge_base=base).order_by("-created", "-pk").values_list("pk", flat=True)[KEPT:]
    FaqImport.objects.filter(pk__in=list(old)).delete()
    return made


@transaction.atomic
def import_undo(made: FaqImport, *, by: str) -> bool:
    """Whether anything was undone now: False where all of it was before, or was changed since. Nothing is published."""
    base = KnowledgeBase.objects.select_for_update().get(pk=made.knowledge_base_id)
    made.refresh_from_db()
    rows = [row for row in made.rows if made.undone is None or row["key"] in made.left]
    now = {faq.key: faq for faq in _faqs(base, [row["key"] for row in rows])}
    is_ours = {row["key"]: row["key"] in now and content_of(now[row["key"]]) == row["after"] for row in rows}
    ours = [row for row in rows if is_ours[row["key"]]]
    faqs_delete([now[row["key"]] for row in ours if row["before"] is None])
    _restore(base, {row["key"]: row["before"] for row in ours if row["before"] is not None}, now)
    made.left = [row["key"] for row in rows if not is_ours[row["key"]] and not (row["before"] is None and row["key"] not in now)]
    is_undone = bool(ours) or (made.undone is None and not made.left)
    if is_undone:
        made.undone, made.undone_by = timezone.now(), by[:150]
    made.save(update_fields=["left", "undone", "undone_by"])
    return is_undone


def _restore(base: KnowledgeBase, wanted: dict[str, Content], now: dict[str, Faq]) -> None:
    faqs_write([_change(now[key], content) for key, content in wanted.items()])
    for faq in _faqs(base, wanted):
        if content_of(faq) != wanted[faq.key]:  # phrasings that were added again stand behind the others now
            faq.variants.all().delete()
            texts = wanted[faq.key]["variants"]
            bulk_create_with_history([Variant(faq=faq, language=one[0], text=one[1], is_canonical=one[2]) for one in texts], Variant)


def content_of(faq: Faq) -> Content:
    """Answers and variants should be prefetched. Plain enough for JSON, so that what was kept compares with what is."""
    variants = sorted(faq.variants.all(), key=lambda variant: variant.pk)
    return {
        "category": faq.category,
        "state": str(faq.state),
        "valid_from": faq.valid_from and faq.valid_from.isoformat(),
        "valid_until": faq.valid_until and faq.valid_until.isoformat(),
        "variants": [[variant.language, variant.text, variant.is_canonical] for variant in variants],
        "answers": {answer.language: [answer.text, answer.url] for answer in sorted(faq.answers.all(), key=lambda answer: answer.language)},
    }


def _change(faq: Faq, content: Content) -> FaqChange:
    faq.category, faq.state = content["category"], content["state"]
    faq.valid_from, faq.valid_until = (content[name] and datetime.fromisoformat(content[name]) for name in ("valid_from", "valid_until"))
    variants = {language: {text: is_shown for own, text, is_shown in content["variants"] if own == language} for language in LANGUAGES}
    answers = {language: tuple(content["answers"].get(language, ("", ""))) for language in LANGUAGES}
    return FaqChange(faq, variants, answers)


def _contents(base: KnowledgeBase, keys: Iterable[str]) -> dict[str, Content]:
    return {faq.key: content_of(faq) for faq in _faqs(base, keys)}


def _faqs(base: KnowledgeBase, keys: Iterable[str]) -> list[Faq]:
    found: list[Faq] = []
    left = iter(list(keys))
    while part := list(islice(left, BATCH)):
        found += Faq.objects.filter(knowledge_base=base, key__in=part).prefetch_related("variants", "answers")
    return found
