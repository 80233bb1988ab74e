"""Phrasings that two FAQs share, word for word as far as words count: asked so, neither of them would answer.

Kept as a digest beside each phrasing, so that the web process finds them by an index. Knows rows and the exact key; no vectors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import models, transaction

from knowledge.faq.normalise import exact_key

BATCH = 500


class ExactField(models.CharField):  # type: ignore[type-arg]
    """Follows the row's text, whichever way the row is written; null where an older version wrote it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 32, "null": True, "editable": False, "db_index": True} | kwargs)

    def pre_save(self, model_instance: Any, add: bool) -> str:
        value = exact_digest(model_instance.text)
        setattr(model_instance, self.attname, value)
        return value


def exact_digest(text: str) -> str:
    """Empty for a text without words, which is nobody's twin."""
    key = exact_key(text)
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest() if key else ""


@dataclass(frozen=True, slots=True)
class Twin:
    """A phrasing, and the other FAQ that has it: its key and its row's number."""

    text: str
    language: str
    faq: str
    faq_pk: int


def twins_of(faq: Any, variants: Iterable[tuple[str, str]]) -> list[Twin]:
    """Among the live FAQs of its base that are valid at a time when it is; `faq` need not be saved yet."""
    from knowledge.models import Faq, Variant

    asked = {(language, digest): text for language, text in variants if (digest := exact_digest(text))}
    found: list[Twin] = []
    left = iter(asked)
    while part := list(islice(left, BATCH)):
        rows = Variant.objects.filter(faq__knowledge_base=faq.knowledge_base_id, faq__state=Faq.State.LIVE, exact__in={digest for _, digest in part})
        rows = rows.exclude(faq=faq.pk).select_related("faq").order_by("faq__key")
        for row in rows:
            text = asked.get((row.language, row.exact))
            if text is not None and meet(faq, row.faq):
                found.append(Twin(text, row.language, row.faq.key, row.faq.pk))
    return found


def meet(one: Any, other: Any) -> bool:
    """Whether there is a moment at which both are valid."""
    begins = [moment for moment in (one.valid_from, other.valid_from) if moment]
    ends = [moment for moment in (one.valid_until, other.valid_until) if moment]
    return not begins or not ends or max(begins) < min(ends)


def digests_fill(kb_id: UUID | str) -> int:
    """Of phrasings that an older version wrote, a few at a time: others write meanwhile."""
    from knowledge.models import Variant

    missing = iter(Variant.objects.filter(faq__knowledge_base_id=UUID(str(kb_id)), exact=None).values_list("pk", "text"))
    filled = 0
    for part in iter(lambda: list(islice(missing, BATCH)), []):
        with transaction.atomic():
            for pk, text in part:
                Variant.objects.filter(pk=pk).update(exact=exact_digest(text))
        filled += len(part)
    return filled
