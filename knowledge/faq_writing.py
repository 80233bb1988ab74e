"""Many FAQs written at once: only what differs, in bulk and with its history. Knows rows; what they should say was found out before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from knowledge.collisions import collisions_ask
from knowledge.contracts import Language
from knowledge.models import Faq, FaqAnswer, Variant

BATCH = 200  # rows in a statement; both databases limit its parameters
FAQ_FIELDS = ["category", "state", "valid_from", "valid_until", "changed"]


@dataclass(frozen=True, slots=True)
class FaqChange:
    """A FAQ with its new values, unsaved or not; its variants and answers, where it has any, are prefetched."""

    faq: Faq
    variants: Mapping[Language, Mapping[str, bool]]  # language → text → whether visitors see it
    answers: Mapping[Language, tuple[str, str]]  # language → text, source address; no text: no answer


@transaction.atomic
def faqs_write(changes: Sequence[FaqChange]) -> None:
    """A FAQ whose texts change is saved too: its history tells that something waits to be published."""
    new = [change.faq for change in changes if change.faq._state.adding]
    old = [change.faq for change in changes if not change.faq._state.adding]
    _update(old, FAQ_FIELDS)
    bulk_create_with_history(new, Faq, batch_size=BATCH)
    _variants_write(changes)
    _answers_write(changes)
    collisions_ask([*old, *new])


@transaction.atomic
def faqs_set_state(faqs: Sequence[Faq], state: str) -> int:
    """How many were in another state."""
    others = [faq for faq in faqs if faq.state != state]
    for faq in others:
        faq.state = state
    _update(others, FAQ_FIELDS)
    collisions_ask(others)
    return len(others)


@transaction.atomic
def faqs_delete(faqs: Sequence[Faq]) -> None:
    _delete(faqs)


def _variants_write(changes: Sequence[FaqChange]) -> None:
    gone: list[Variant] = []
    hidden: list[Variant] = []
    shown: list[Variant] = []
    new: list[Variant] = []
    for change in changes:
        known = {(variant.language, variant.text): variant for variant in _parts(change.faq, "variants")}
        wanted = {(language, text): is_shown for language, texts in change.variants.items() for text, is_shown in texts.items()}
        gone += [variant for name, variant in known.items() if name not in wanted]
        for (language, text), is_shown in wanted.items():
            variant = known.get((language, text))
            if variant is None:
                new.append(Variant(faq=change.faq, language=language, text=text, is_canonical=is_shown))
            elif variant.is_canonical != is_shown:
                variant.is_canonical = is_shown
                (shown if is_shown else hidden).append(variant)
    _delete(gone)
    _update(hidden, ["is_canonical"])  # first: a FAQ shows one variant at a time
    _update(shown, ["is_canonical"])
    bulk_create_with_history(new, Variant, batch_size=BATCH)


def _answers_write(changes: Sequence[FaqChange]) -> None:
    gone, changed, new = [], [], []
    for change in changes:
        known = {answer.language: answer for answer in _parts(change.faq, "answers")}
        for language, (text, url) in change.answers.items():
            answer = known.get(language)
            if answer and not text:
                gone.append(answer)
            elif answer and (answer.text, answer.url) != (text, url):
                answer.text, answer.url = text, url
                changed.append(answer)
            elif text and not answer:
                new.append(FaqAnswer(faq=change.faq, language=language, text=text, url=url))
    _delete(gone)
    _update(changed, ["text", "url"])
    bulk_create_with_history(new, FaqAnswer, batch_size=BATCH)


def _parts(faq: Faq, name: str) -> list[Any]:
    """Before it was created, a FAQ has none; whether it was prefetched says so without a query."""
    return list(getattr(faq, name).all()) if name in getattr(faq, "_prefetched_objects_cache", {}) else []


def _update(rows: Sequence[models.Model], names: list[str]) -> None:
    if not rows:
        return
    if "changed" in names:
        moment = timezone.now()
        for row in rows:
            row.changed = moment  # type: ignore[attr-defined]
    model = type(rows[0])
    for row in rows:  # Django's bulk_update writes a CASE for each row and field, which takes three times as long
        model._default_manager.filter(pk=row.pk).update(**{name: getattr(row, name) for name in names})
    model.history.bulk_history_create(rows, batch_size=BATCH, update=True)  # type: ignore[attr-defined]


def _delete(rows: Sequence[models.Model]) -> None:
    """By the ordinary way, row by row underneath: each removal has its history."""
    left = iter(rows)
    for batch in iter(lambda: list(islice(left, BATCH)), []):
        type(batch[0])._default_manager.filter(pk__in=[row.pk for row in batch]).delete()
