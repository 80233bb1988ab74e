"""Publishing as people see it: asked for in the admin, done by the background worker, its failure kept in words.

Knows who asked, when, and how far it is; building and switching snapshots is knowledge.snapshots' business.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from knowledge.contracts import Publishing
from knowledge.errors import KnowledgeError, as_stored, in_words
from knowledge.intent.definitions import IntentError
from knowledge.models import KnowledgeBase

log = logging.getLogger(__name__)

STUCK_AFTER = timedelta(minutes=10)
REFIT_AFTER_S = 5  # several publishings in a row are learnt from once


def publishing_start(*, base: KnowledgeBase, actor: str) -> bool:
    """Ask for a new snapshot of the base; False where one is being made already."""
    from knowledge.tasks import publish_knowledge

    if not _begun(base.pk):
        return False
    transaction.on_commit(lambda: publish_knowledge.delay(str(base.pk), actor))
    return True


def _begun(kb_id: UUID | str) -> bool:
    moment = timezone.now()
    free = Q(publishing_since=None) | Q(publishing_seen__lt=moment - STUCK_AFTER)
    started = {"publishing_since": moment, "publishing_seen": moment, "texts_done": 0, "texts_all": 0, "publish_error": ""}
    return KnowledgeBase.objects.filter(free, pk=kb_id).update(**started) == 1


def publishing_take(kb_id: UUID | str) -> bool:
    """For the task that comes first. What was asked for while no worker ran is asked for again by the one that starts, and is built once."""
    untouched = KnowledgeBase.objects.filter(pk=kb_id, publishing_since=F("publishing_seen"))
    return untouched.update(publishing_seen=timezone.now()) == 1


def publish_or_explain(kb_id: str, *, actor: str) -> bool:
    """Build and publish; what goes wrong is kept with the base for the editor to read, and the last snapshot stays."""
    from knowledge import snapshots
    from knowledge.tasks import refit_calibration

    try:
        asked = KnowledgeBase.objects.get(pk=kb_id).publishing_since  # the worker may have been busy since
        snapshot = snapshots.publish(kb_id, actor=actor, asked=asked, on_progress=partial(_told, kb_id))
    except Exception as error:
        log.exception("publishing of knowledge base %s failed", kb_id)
        _ended(kb_id, as_stored(explained(error)))
        return False
    _ended(kb_id)
    if snapshots.needs_refit(snapshot):
        refit_calibration.apply_async((kb_id, snapshot.pk), countdown=REFIT_AFTER_S)
    return True


def publishing_state(kb_id: UUID | str) -> Publishing:
    base = KnowledgeBase.objects.get(pk=kb_id)
    return Publishing(base.publishing_since is not None, base.texts_done, base.texts_all, in_words(base.publish_error) if base.publish_error else "")


def refit_or_log(kb_id: str, snapshot_id: str) -> bool:
    """Behind a quick publishing; without it the one before goes on answering with what it has learnt."""
    from knowledge import snapshots

    try:
        return snapshots.refit(kb_id, snapshot_id) is not None
    except Exception:
        log.exception("the calibration of knowledge base %s was not made anew", kb_id)
        return False


def _told(kb_id: str, done: int, of: int) -> None:
    """Kept with the base: the page shows it, and its silence means that the worker is gone."""
    KnowledgeBase.objects.filter(pk=kb_id).update(texts_done=done, texts_all=of, publishing_seen=timezone.now())


def _ended(kb_id: str, error: str = "") -> None:
    KnowledgeBase.objects.filter(pk=kb_id).update(publishing_since=None, publishing_seen=None, texts_done=0, texts_all=0, publish_error=error)


def explained(error: Exception) -> KnowledgeError:
    if isinstance(error, KnowledgeError):
        return error
    return KnowledgeError("intents", detail=str(error)) if isinstance(error, IntentError) else KnowledgeError("unexpected")


def publish_again(*, actor: str) -> int:
    """When an installation starts: finish what a stop cut off, and renew what an older version built. Background worker only."""
    from knowledge import snapshots
    from knowledge.tasks import refit_calibration

    asked = 0
    for base in KnowledgeBase.objects.select_related("published_snapshot"):
        since = base.publishing_since
        was_cut_off = since is not None and not snapshots.was_published_since(base, since)
        if since is not None:
            KnowledgeBase.objects.filter(pk=base.pk).update(publishing_since=None)
        if was_cut_off or (base.published_snapshot and snapshots.is_stale(base.pk)):
            asked += publishing_start(base=base, actor=actor)
        elif base.published_snapshot and snapshots.needs_refit(base.published_snapshot):
            refit_calibration.apply_async((str(base.pk), base.published_snapshot.pk), countdown=REFIT_AFTER_S)
    return asked
