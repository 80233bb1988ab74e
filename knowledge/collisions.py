"""Whose traffic the phrasings of a FAQ would take: asked of the published snapshot as visitors would ask them, with the FAQ itself hidden.

A save only marks the FAQ; a worker that has the snapshot open looks for them and keeps what it finds beside the FAQ. Where no worker runs, the
mark stays until one does. Knows rows and when; what is near, the snapshot. Word for word the same ones: knowledge.faq_twins.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from kombu.exceptions import OperationalError

from knowledge.errors import KnowledgeError
from knowledge.models import Collision, Faq, Variant

log = logging.getLogger(__name__)

MOST_TEXTS = 60
AT_ONCE = 5  # FAQs in one task: visitors' questions wait behind it
BATCH = 500
WAITING = timedelta(seconds=60)  # a page does not look again for longer


# --- where FAQs are saved --------------------------------------------------------------------------------------------


def collisions_ask(faqs: Sequence[Faq]) -> None:
    """Behind the commit. Nothing where nothing is published: then nobody has any traffic."""
    bases: set[UUID] = set()
    left = iter([faq.pk for faq in faqs])
    while part := list(islice(left, BATCH)):
        rows = Faq.objects.filter(pk__in=part, knowledge_base__published_snapshot__isnull=False)
        bases |= set(rows.values_list("knowledge_base_id", flat=True))
        rows.update(collisions_asked=timezone.now(), collisions_found=None)
    for kb_id in bases:
        transaction.on_commit(partial(_send_aside, str(kb_id)))


def _send_aside(kb_id: str) -> None:
    """Whoever saves does not wait for a broker that is away."""
    threading.Thread(target=_send, args=(kb_id,), name="collisions", daemon=True).start()


def _send(kb_id: str) -> None:
    from knowledge.tasks import find_collisions

    try:
        find_collisions.apply_async((kb_id,), retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker not reached, collisions are looked for after a later save: %s", error)


# --- on the answers worker -------------------------------------------------------------------------------------------


def collisions_look(kb_id: str) -> None:
    """At a few of the FAQs that wait for it; another task goes on, behind what visitors asked meanwhile."""
    if collisions_find(kb_id):
        _send(kb_id)


def collisions_find(kb_id: UUID | str) -> bool:
    """Whether more FAQs wait."""
    from knowledge.opened import open_knowledge

    waiting = Faq.objects.filter(knowledge_base_id=UUID(str(kb_id)), collisions_found=None).exclude(collisions_asked=None)
    faqs = list(waiting.order_by("collisions_asked", "pk")[: AT_ONCE + 1])
    if not faqs:
        return False
    try:
        opened = open_knowledge(UUID(str(kb_id)))
    except KnowledgeError as error:
        log.info("collisions in %s not looked for: %s", kb_id, error)
        return False
    for faq in faqs[:AT_ONCE]:
        texts: Any = list(Variant.objects.filter(faq=faq).values_list("text", "language")[:MOST_TEXTS])
        _keep(faq, opened.taken_from(faq.key, texts) if faq.state == Faq.State.LIVE else [])
    return len(faqs) > AT_ONCE


@transaction.atomic
def _keep(faq: Faq, found: Sequence[Any]) -> None:
    """Unless it was saved or removed meanwhile: then what was found is of yesterday."""
    asked = Faq.objects.filter(pk=faq.pk, collisions_asked=faq.collisions_asked)
    if not asked.update(collisions_found=timezone.now()):
        return
    Collision.objects.filter(faq=faq).delete()
    Collision.objects.bulk_create(
        Collision(faq=faq, language=one.language, text=one.text, other=one.faq, variant=one.variant, chance=round(one.chance, 4)) for one in found
    )


# --- where they are shown --------------------------------------------------------------------------------------------


def are_looked_for(faq: Faq) -> bool:
    return faq.collisions_asked is not None and faq.collisions_found is None and timezone.now() - faq.collisions_asked < WAITING


def titles_of(kb_id: UUID, keys: set[str]) -> dict[str, str]:
    """By key the question as visitors see it, in the reader's language where there is one; else any phrasing that it has."""
    reader = (get_language() or "en")[:2]
    rows = Variant.objects.filter(faq__knowledge_base_id=kb_id, faq__key__in=keys).values_list("faq__key", "text", "is_canonical", "language", "pk")
    ranked = sorted(rows, key=lambda row: (row[2], row[3] == reader, -row[4]))
    return {key: text for key, text, *_ in ranked}
