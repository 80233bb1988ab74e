"""The record of listed words that were met: kept for a while, and counted. Knows rows; does not know where texts come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from knowledge.contracts import Direction
from knowledge.models import WordHit

MOST = 50  # of one text


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
