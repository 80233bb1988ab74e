"""Snapshots that are built and looked at before anybody is answered from them: opened beside the published one, then published or thrown away.

Knows rows and files. How they are built and switched is knowledge.snapshots' business; what is compared, the product's.
"""

from __future__ import annotations

import logging
import shutil
from datetime import datetime
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from knowledge import snapshot_files, snapshots
from knowledge.contracts import Draft
from knowledge.errors import KnowledgeError
from knowledge.models import KnowledgeBase, Snapshot
from knowledge.snapshots import Told

log = logging.getLogger(__name__)


def draft_build(kb_id: UUID | str, *, on_progress: Told) -> Draft:
    """Of the rows as they are now. Raises `KnowledgeError`, also where nothing is published that it could be held against."""
    base = KnowledgeBase.objects.select_related("published_snapshot").get(pk=kb_id)
    if base.published_snapshot is None:
        raise KnowledgeError("nothing_published")
    snapshot = snapshots.build(kb_id, on_progress=on_progress)
    base.refresh_from_db()
    return Draft(snapshot.pk, str(snapshot), base.published_snapshot.pk, str(base.published_snapshot), snapshot.edits_until)


def draft_publish(kb_id: UUID | str, snapshot_id: str, *, instead_of: str, edits_until: datetime | None, actor: str) -> None:
    """That very snapshot. Raises `KnowledgeError`: also where another one is published by now than it was held against."""
    from knowledge.publishing import REFIT_AFTER_S
    from knowledge.tasks import refit_calibration

    snapshot = _draft(kb_id, snapshot_id)
    snapshot_files.fetch(snapshot.pk, snapshot.manifest)
    with transaction.atomic():
        base = KnowledgeBase.objects.select_for_update().get(pk=kb_id)
        snapshot = _draft(kb_id, snapshot_id)  # it may have been thrown away while its files were fetched
        if base.publishing_since or base.published_snapshot_id != instead_of:
            raise KnowledgeError("published_meanwhile")
        snapshot.edits_until = edits_until
        snapshots.switch(snapshot, actor=actor)
    if snapshots.needs_refit(snapshot):
        transaction.on_commit(lambda: refit_calibration.apply_async((str(kb_id), snapshot_id), countdown=REFIT_AFTER_S))


def _draft(kb_id: UUID | str, snapshot_id: str) -> Snapshot:
    snapshot = Snapshot.objects.filter(knowledge_base_id=UUID(str(kb_id)), pk=snapshot_id).first()
    if snapshot is None:
        raise KnowledgeError("snapshot_unknown")
    return snapshot


def draft_discard(kb_id: UUID | str, snapshot_id: str) -> bool:
    """Row and files of one that never answered anybody; False where it did, or where a publishing may be about to use it."""
    with transaction.atomic():
        base = KnowledgeBase.objects.select_for_update().get(pk=kb_id)
        snapshot = base.snapshots.filter(pk=snapshot_id, published=None).first()
        if snapshot is None or base.publishing_since or base.published_snapshot_id == snapshot_id:
            return False
        snapshot.delete()
        transaction.on_commit(lambda: _files_delete(snapshot_id, list(snapshot.manifest["files"])))
    return True


def _files_delete(snapshot_id: str, names: list[str]) -> None:
    """What cannot be deleted stays, and does no harm."""
    try:
        for name in names:
            default_storage.delete(snapshot_files.stored_name(snapshot_id, name))
    except OSError as error:
        log.warning("files of snapshot %s stay in the storage: %s", snapshot_id[:12], error)
    shutil.rmtree(snapshot_files.local_folder(snapshot_id), ignore_errors=True)
