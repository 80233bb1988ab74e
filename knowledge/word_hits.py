"""The record of listed words that were met: kept for a while, and counted. Knows rows; does not know where texts come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from knowledge.contracts import Direction, Level
from knowledge.models import WordHit

MOST = 50  # of one text
KEPT_FOR = timedelta(days=180)
WARNS_FOR = timedelta(days=1)


def hits_keep(
    company_id: UUID | str, site_id: UUID | str | None, direction: Direction, hits: Iterable[Mapping[str, Any]], *, conversation_id: UUID | None
) -> None:
    """In the caller's transaction."""
    of_text: dict[str, Any] = {"company_id": company_id, "site_id": site_id, "direction": direction, "conversation": conversation_id}
    rows = [
        WordHit(**of_text, term=hit["term"][:100], found=hit["found"][:256], category=hit["category"][:40], level=hit["level"], why=hit["why"])
        for hit in list(hits)[:MOST]
    ]
    WordHit.objects.bulk_create(rows)


def warned_among(conversations: Sequence[UUID]) -> set[UUID]:
    """Those in which agents were warned of a word lately."""
    warnings = WordHit.objects.filter(conversation__in=conversations, level=Level.WARN_AGENT, at__gte=timezone.now() - WARNS_FOR)
    return {key for key in warnings.order_by().values_list("conversation", flat=True).distinct() if key}


def old_hits_forget() -> int:
    """How many were older than they are kept."""
    return WordHit.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]
