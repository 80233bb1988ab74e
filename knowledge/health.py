"""The health of each FAQ as its snapshot found it, kept beside the FAQ for lists and pages.

Knows rows. How it is found out is knowledge.faq.health's business.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from uuid import UUID

from django.db import transaction

from knowledge.faq.health import HEALTH, Health
from knowledge.models import Faq, FaqHealth

log = logging.getLogger(__name__)

BATCH = 500


def health_keep(kb_id: UUID | str, folder: Path) -> int:
    """From a snapshot's folder; the number of FAQs. What was found before is forgotten."""
    try:
        told = json.loads((folder / HEALTH).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        log.warning("a snapshot does not tell the health of its FAQs: %r", error)
        return 0
    with transaction.atomic():
        known = dict(Faq.objects.filter(knowledge_base_id=UUID(str(kb_id))).values_list("key", "pk"))
        FaqHealth.objects.filter(faq__knowledge_base_id=UUID(str(kb_id))).delete()
        found = ((known[key], Health.from_json(data)) for key, data in told.items() if key in known)
        rows = [
            FaqHealth(faq_id=pk, state=one.state, asked=one.asked, found=one.found, lost=one.to_json()["lost"])
            for pk, one in found
        ]
        FaqHealth.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)
