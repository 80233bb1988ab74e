"""Snapshots that are built once for all tests of a process: their files outlive the databases that their rows stood in."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from csbot.accounts.models import Company
from knowledge import snapshots
from knowledge.models import KnowledgeBase, Snapshot

KEY = UUID(int=7)  # a snapshot names its base
_BUILT: dict[str, Snapshot] = {}


def lasting_base(company: Company) -> KnowledgeBase:
    """The same base to every test, as far as snapshots can tell."""
    return KnowledgeBase.objects.create(pk=KEY, company=company, name="Tea", promise=3)


def publish_once(base: KnowledgeBase, name: str) -> Snapshot:
    """What the base holds, published. Whoever gives a name again has filled the base with the same again."""
    if name not in _BUILT:
        _BUILT[name] = snapshots.publish(base.pk, actor="ada")
        return _BUILT[name]
    built = _BUILT[name]
    kept = {"manifest": built.manifest, "report": built.report, "edits_until": timezone.now()}
    return snapshots.switch(Snapshot.objects.create(id=built.pk, knowledge_base=base, number=1, **kept), actor="ada")
