"""Publishing as people see it: asked for in the admin, done by the background worker, its failure kept in words.

Knows who asked and when; building and switching snapshots is knowledge.snapshots' business.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from knowledge.errors import KnowledgeError, as_stored
from knowledge.intent.definitions import IntentError
from knowledge.models import KnowledgeBase

log = logging.getLogger(__name__)

STUCK_AFTER = timedelta(minutes=10)


def publishing_start(*, base: KnowledgeBase, actor: str) -> bool:
    """Ask for a new snapshot of the base; False where one is being made already."""
    from knowledge.tasks import publish_knowledge

    moment = timezone.now()
    free = Q(publishing_since=None) | Q(publishing_since__lt=moment - STUCK_AFTER)
    if KnowledgeBase.objects.filter(free, pk=base.pk).update(publishing_since=moment, publish_error="") != 1:
        return False
    transaction.on_commit(lambda: publish_knowledge.delay(str(base.pk), actor))
    return True


def publish_or_explain(kb_id: str, *, actor: str) -> bool:
    """Build and publish; what goes wrong is kept with the base for the editor to read, and the last snapshot stays."""
    from knowledge import snapshots

    try:
        snapshots.publish(kb_id, actor=actor)
    except Exception as error:
        log.exception("publishing of knowledge base %s failed", kb_id)
        KnowledgeBase.objects.filter(pk=kb_id).update(publishing_since=None, publish_error=as_stored(_explained(error)))
        return False
    KnowledgeBase.objects.filter(pk=kb_id).update(publishing_since=None, publish_error="")
    return True


def _explained(error: Exception) -> KnowledgeError:
    if isinstance(error, KnowledgeError):
        return error
    return KnowledgeError("intents", detail=str(error)) if isinstance(error, IntentError) else KnowledgeError("unexpected")


def publish_again(*, actor: str) -> int:
    """When an installation starts: finish what a stop cut off, and renew what an older version built. Background worker only."""
    from knowledge import snapshots

    asked = 0
    for base in KnowledgeBase.objects.select_related("published_snapshot"):
        was_cut_off = base.publishing_since is not None
        if was_cut_off:
            KnowledgeBase.objects.filter(pk=base.pk).update(publishing_since=None)
        if was_cut_off or (base.published_snapshot and snapshots.is_stale(base.pk)):
            asked += publishing_start(base=base, actor=actor)
    return asked
