"""Draft → check → publish → rollback: what visitors are answered from, switched in one step.

Knows rows and when a snapshot is good enough. Files are knowledge.snapshot_files' business, their content knowledge.opening's.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from knowledge import snapshot_files, told
from knowledge.banking import bank_of
from knowledge.errors import KnowledgeError
from knowledge.models import KnowledgeBase, Snapshot
from knowledge.promises import learnt

log = logging.getLogger(__name__)

FORMAT = 2


def publish(kb_id: UUID | str, *, actor: str) -> Snapshot:
    """Build a snapshot of the base's live rows and publish it. Equal content gives the same snapshot again."""
    snapshot = build(kb_id)
    return _switch(snapshot, actor=actor)


def rollback(kb_id: UUID | str, snapshot_id: str, *, actor: str) -> Snapshot:
    """Publish an older snapshot of the same base, after its files were verified."""
    snapshot = Snapshot.objects.filter(knowledge_base_id=UUID(str(kb_id)), pk=snapshot_id).first()
    if snapshot is None:
        raise KnowledgeError("snapshot_unknown")
    snapshot_files.fetch(snapshot.pk, snapshot.manifest)
    return _switch(snapshot, actor=actor)


def build(kb_id: UUID | str) -> Snapshot:
    """Files first, row last: whoever sees the row can fetch the files."""
    from knowledge import opening
    from knowledge.encoding import building_encoder

    start = time.perf_counter()
    bank = bank_of(kb_id)
    encoder = building_encoder()
    scratch = Path(settings.DATA_DIR) / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch) as draft:
        opening.build(bank, encoder, Path(draft))
        kept = {"promise": bank.promise, "category_promises": dict(bank.category_promises), **learnt(Path(draft) / "faq")}
        manifest = snapshot_files.manifest_of(Path(draft), format=FORMAT, owner=str(kb_id), encoder=encoder.version, faqs=len(bank.faqs))
        snapshot_id = snapshot_files.store(Path(draft), manifest)
    report = {"faqs": len(bank.faqs), "passages": len(bank.passages), "intents": len(bank.intents), "seconds": round(time.perf_counter() - start, 1)}
    log.info("snapshot %s of knowledge base %s: %s", snapshot_id[:12], kb_id, report)
    return _row(str(kb_id), snapshot_id, manifest, {**report, **kept})


def is_stale(kb_id: UUID | str) -> bool:
    """Whether the published snapshot was made by another encoder or format than this process would use."""
    from knowledge.encoding import encoder

    base = KnowledgeBase.objects.select_related("published_snapshot").get(pk=kb_id)
    if base.published_snapshot is None:
        return True
    manifest = base.published_snapshot.manifest
    return bool(manifest["encoder"] != encoder().version or manifest["format"] != FORMAT)


@transaction.atomic
def _row(kb_id: str, snapshot_id: str, manifest: Mapping[str, Any], report: Mapping[str, Any]) -> Snapshot:
    KnowledgeBase.objects.select_for_update().get(pk=kb_id)  # two builds at once do not share a number
    found = Snapshot.objects.filter(pk=snapshot_id).first()
    if found:
        return found
    last = Snapshot.objects.filter(knowledge_base_id=UUID(kb_id)).aggregate(last=Max("number"))["last"] or 0
    return Snapshot.objects.create(id=snapshot_id, knowledge_base_id=kb_id, number=last + 1, manifest=dict(manifest), report=dict(report))


@transaction.atomic
def _switch(snapshot: Snapshot, *, actor: str) -> Snapshot:
    snapshot.published, snapshot.published_by = timezone.now(), actor
    snapshot.save(update_fields=["published", "published_by"])
    KnowledgeBase.objects.filter(pk=snapshot.knowledge_base_id).update(published_snapshot=snapshot)
    told.tell("published", snapshot.knowledge_base.company_id, actor, f"{snapshot.knowledge_base} {snapshot}")
    return snapshot
