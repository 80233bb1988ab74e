"""Draft → check → publish → rollback: what visitors are answered from, switched in one step.

A large base of which little was changed is published with what the snapshot before it has learnt, within seconds; the same content with
everything learnt anew follows behind it. Knows rows and when a snapshot is good enough. Files are knowledge.snapshot_files' business,
their content knowledge.opening's.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from knowledge import open_check, snapshot_files, told
from knowledge.banking import bank_of
from knowledge.errors import KnowledgeError
from knowledge.faq.bank import Bank
from knowledge.faq_twins import digests_fill
from knowledge.health import health_keep
from knowledge.models import KnowledgeBase, Snapshot
from knowledge.promises import learnt
from knowledge.quietly import quietly

if TYPE_CHECKING:
    from knowledge.opening import Before

log = logging.getLogger(__name__)

FORMAT = 4
QUICK_FROM = 1000  # variants: of fewer everything is learnt anew in a moment
QUICK_SHARE = 0.1  # of the variants may be new or gone; after more the old calibration is not worth much

Told = Callable[[int, int], None]  # texts encoded, texts in all


def _nobody(done: int, of: int) -> None:
    """Progress that nobody looks at."""


def publish(kb_id: UUID | str, *, actor: str, asked: datetime | None = None, on_progress: Told = _nobody) -> Snapshot:
    """Build a snapshot of the base's live rows and publish it. Equal content gives the same snapshot again.

    Raises `KnowledgeError` where somebody published another one, or went back to one, after this was asked for.
    """
    asked = asked or timezone.now()
    return switch(build(kb_id, on_progress=on_progress), actor=actor, asked=asked)


def rollback(kb_id: UUID | str, snapshot_id: str, *, actor: str) -> Snapshot:
    """Publish an older snapshot of the same base, after its files were verified."""
    snapshot = Snapshot.objects.filter(knowledge_base_id=UUID(str(kb_id)), pk=snapshot_id).first()
    if snapshot is None:
        raise KnowledgeError("snapshot_unknown")
    snapshot_files.fetch(snapshot.pk, snapshot.manifest)
    snapshot.edits_until = timezone.now()  # whoever goes back knows that there were edits since
    return switch(snapshot, actor=actor)


def build(kb_id: UUID | str, *, on_progress: Told = _nobody) -> Snapshot:
    """Of the rows as they are now; not published."""
    open_check.prepare()
    moment = timezone.now()
    digests_fill(kb_id)
    bank = bank_of(kb_id)
    before = _before(kb_id)
    is_quick = before is not None and _is_little_changed(before.bank, bank)
    return _built(bank, before, moment, is_quick=is_quick, on_progress=on_progress)


def refit(kb_id: UUID | str, snapshot_id: str) -> Snapshot | None:
    """The published content with everything learnt anew, published in its place; None where something else was published meanwhile."""
    base = KnowledgeBase.objects.select_related("published_snapshot").get(pk=kb_id)
    quick = base.published_snapshot
    before = _before(kb_id)
    if quick is None or quick.pk != snapshot_id or before is None:
        return None
    snapshot = _built(before.bank, before, quick.edits_until, is_quick=False)
    with transaction.atomic():
        replaced = KnowledgeBase.objects.filter(pk=kb_id, published_snapshot=snapshot_id).update(published_snapshot=snapshot)
        if replaced:
            # Not published anew: to whoever is publishing meanwhile nothing has come between. Somebody may have gone back to it, though.
            quick.refresh_from_db(fields=["published", "published_by", "edits_until"])
            snapshot.published, snapshot.published_by, snapshot.edits_until = quick.published, quick.published_by, quick.edits_until
            snapshot.report = {**snapshot.report, "is_quick": False}  # where nothing else was learnt, it is the same one
            snapshot.save(update_fields=["published", "published_by", "edits_until", "report"])
    if not replaced:
        return None
    health_keep(kb_id, snapshot_files.local_folder(snapshot.pk))
    return snapshot


def needs_refit(snapshot: Snapshot) -> bool:
    return bool(snapshot.report.get("is_quick"))


def is_stale(kb_id: UUID | str) -> bool:
    """Whether the published snapshot was made by another encoder or format than this process would use."""
    base = KnowledgeBase.objects.select_related("published_snapshot").get(pk=kb_id)
    return base.published_snapshot is None or not _is_current(base.published_snapshot)


def _is_current(snapshot: Snapshot) -> bool:
    from knowledge.encoding import encoder

    return bool(snapshot.manifest["encoder"] == encoder().version and snapshot.manifest["format"] == FORMAT)


def _before(kb_id: UUID | str) -> Before | None:
    """The published snapshot, as far as a new one can take anything over from it."""
    from knowledge.bank_files import bank_read
    from knowledge.opening import Before, many_objects

    snapshot = Snapshot.objects.filter(pk__in=KnowledgeBase.objects.filter(pk=kb_id).values("published_snapshot")).first()
    if snapshot is None or not _is_current(snapshot):
        return None
    try:
        folder = snapshot_files.fetch(snapshot.pk, snapshot.manifest)
        with many_objects():
            return Before(bank_read(folder), folder)
    except (KnowledgeError, OSError, ValueError, KeyError):
        log.exception("nothing is taken over from snapshot %s", snapshot.pk[:12])
        return None


def _is_little_changed(before: Bank, now: Bank) -> bool:
    old, new = ({(faq.key, variant.text) for faq in bank.faqs for variant in faq.variants} for bank in (before, now))
    return len(new) >= QUICK_FROM and len(old ^ new) <= QUICK_SHARE * len(new)


def _built(bank: Bank, before: Before | None, moment: datetime | None, *, is_quick: bool, on_progress: Told = _nobody) -> Snapshot:
    """Files first, row last: whoever sees the row can fetch the files."""
    from knowledge import opening
    from knowledge.encoding import building_encoder

    start = time.perf_counter()
    progress = _Progress(opening.texts_encoded(bank))
    encoder = building_encoder(progress)
    scratch = Path(settings.DATA_DIR) / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch) as draft:
        if is_quick:
            opening.build(bank, encoder, Path(draft), before, is_quick=True)
        else:
            quietly(lambda: opening.build(bank, encoder, Path(draft), before), lambda: on_progress(progress.done, progress.total))
        kept = {"promise": bank.promise, "category_promises": dict(bank.category_promises), **learnt(Path(draft) / "faq")}
        described = {"format": FORMAT, "owner": bank.owner, "encoder": encoder.version, "faqs": len(bank.faqs)}
        manifest = snapshot_files.manifest_of(Path(draft), **described)
        snapshot_id = snapshot_files.store(Path(draft), manifest)
    encoder.close()
    report = {
        "faqs": len(bank.faqs),
        "passages": len(bank.passages),
        "intents": len(bank.intents),
        "encoded": encoder.num_encoded,
        "seconds": round(time.perf_counter() - start, 1),
        "is_quick": is_quick,
    }
    log.info("snapshot %s of knowledge base %s: %s", snapshot_id[:12], bank.owner, report)
    return _row(bank.owner, snapshot_id, manifest, {**report, **kept}, moment)


class _Progress:
    """Counts what the encoder has done; whoever wants to know looks."""

    def __init__(self, total: int) -> None:
        self.done, self.total = 0, total

    def __call__(self, count: int) -> None:
        self.done = min(self.done + count, self.total)


@transaction.atomic
def _row(kb_id: str, snapshot_id: str, manifest: Mapping[str, Any], report: Mapping[str, Any], moment: datetime | None) -> Snapshot:
    KnowledgeBase.objects.select_for_update().get(pk=kb_id)  # two builds at once do not share a number
    found = Snapshot.objects.filter(pk=snapshot_id).first()
    if found:
        found.edits_until = moment
        return found
    last = Snapshot.objects.filter(knowledge_base_id=UUID(kb_id)).aggregate(last=Max("number"))["last"] or 0
    values = {"number": last + 1, "manifest": dict(manifest), "report": dict(report), "edits_until": moment}
    return Snapshot.objects.create(id=snapshot_id, knowledge_base_id=kb_id, **values)


def was_published_since(base: KnowledgeBase, moment: datetime) -> bool:
    """Whether what answers now was put there after that, also by going back."""
    now = base.published_snapshot
    return now is not None and now.published is not None and now.published > moment


def switch(snapshot: Snapshot, *, actor: str, asked: datetime | None = None) -> Snapshot:
    """`asked`: since when nothing else may have been published."""
    _switch(snapshot, actor=actor, asked=asked)
    health_keep(snapshot.knowledge_base_id, snapshot_files.local_folder(snapshot.pk))  # behind it: nobody's answer waits for that
    return snapshot


@transaction.atomic
def _switch(snapshot: Snapshot, *, actor: str, asked: datetime | None) -> None:
    base = KnowledgeBase.objects.select_for_update().get(pk=snapshot.knowledge_base_id)
    if asked and was_published_since(base, asked):
        raise KnowledgeError("overtaken")
    snapshot.published, snapshot.published_by = timezone.now(), actor
    snapshot.save(update_fields=["published", "published_by", "edits_until"])
    KnowledgeBase.objects.filter(pk=base.pk).update(published_snapshot=snapshot)
    told.tell("published", base.company_id, actor, f"{base} {snapshot}")
