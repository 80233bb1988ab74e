"""A knowledge base's promises, for all of it and for single categories, and what its snapshots learnt about keeping them.

Knows rows and the reports of snapshots. Does not know turns, or how a cut is found.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Count

from knowledge.contracts import LANGUAGES
from knowledge.models import Faq, KnowledgeBase, Promise, Snapshot

log = logging.getLogger(__name__)

Cuts = dict[str, dict[int, float]]  # by language, by promise
PROMISES: tuple[int, ...] = tuple(int(value) for value in Promise.values)


@dataclass(frozen=True, slots=True)
class Promises:
    """`of_category` holds those that differ; `categories` counts the live FAQs of each; `is_live` where visitors are answered by them."""

    base: int
    of_category: Mapping[str, int]
    categories: Mapping[str, int]
    category_of: Mapping[str, str]  # by FAQ
    is_live: bool
    snapshot: str

    def of(self, category: str) -> int:
        return self.of_category.get(category, self.base)

    def of_faq(self, faq: str) -> int:
        return self.of(self.category_of.get(faq, ""))


def promises_read(kb_id: UUID | str) -> Promises:
    base = KnowledgeBase.objects.select_related("published_snapshot").get(pk=kb_id)
    live = Faq.objects.filter(knowledge_base=base, state=Faq.State.LIVE)
    counts = dict(live.exclude(category="").order_by("category").values_list("category").annotate(count=Count("pk")))
    told = base.published_snapshot.report if base.published_snapshot else {}
    answers_by = (told.get("promise", base.promise), told.get("category_promises", {}))
    return Promises(
        base=base.promise,
        of_category=dict(base.category_promises),
        categories={**dict.fromkeys(base.category_promises, 0), **counts},
        category_of=dict(Faq.objects.filter(knowledge_base=base).values_list("key", "category")),
        is_live=base.published_snapshot is not None and answers_by == (base.promise, base.category_promises),
        snapshot=base.published_snapshot_id or "",
    )


def promises_set(kb_id: UUID | str, *, base: int, of_category: Mapping[str, int]) -> bool:
    """True where anything changed. They count from the next publishing on. Raises ValueError for a promise that nobody can give."""
    if not {base, *of_category.values()} <= set(PROMISES):
        raise ValueError("a promise is one of 1, 3 and 7")
    row = KnowledgeBase.objects.get(pk=kb_id)
    if (row.promise, row.category_promises) == (base, dict(of_category)):
        return False
    row.promise, row.category_promises = base, dict(of_category)
    row.save(update_fields=["promise", "category_promises"])
    return True


# --- what snapshots learnt -------------------------------------------------------------------------------------------


def learnt(folder: Path) -> dict[str, Any]:
    """For a snapshot's report: the cut of each promise and, where the calibration says it, how the promise did on questions held out."""
    try:
        fit = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
        return {"cuts": _by_language(fit["cuts"]), "held_out": fit.get("held_out", {})}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("a snapshot does not tell its cuts: %r", error)
        return {}


def _by_language(cuts: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """One row for each language, whether the calibration keeps them apart or not."""
    if not all(language in cuts for language in LANGUAGES):
        cuts = dict.fromkeys(LANGUAGES, cuts)
    return {language: {str(promise): round(float(cut), 4) for promise, cut in cuts[language].items()} for language in LANGUAGES}


def snapshot_cuts(ids: Iterable[str]) -> dict[str, Cuts]:
    """By snapshot; those that do not tell are missing."""
    reports = Snapshot.objects.filter(pk__in=set(ids)).values_list("pk", "report")
    return {
        pk: {language: {int(promise): cut for promise, cut in cuts.items()} for language, cuts in report["cuts"].items()}
        for pk, report in reports
        if report.get("cuts")
    }


def held_out(kb_id: UUID | str) -> dict[int, tuple[int, int]]:
    """By promise, (wrong, answered) of the questions that the published snapshot's calibration had held out."""
    snapshot = KnowledgeBase.objects.select_related("published_snapshot").get(pk=kb_id).published_snapshot
    told = (snapshot.report.get("held_out") if snapshot else None) or {}
    return {int(promise): (int(wrong), int(answered)) for promise, (wrong, answered) in told.items()}
