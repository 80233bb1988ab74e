"""The filter bench: which share of each subset of labelled texts is flagged, and how fast.

A text is flagged when any hit, in the visitor's direction, is above `log only`; the same rule for both labels.
Knows figures. Does not know files.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from knowledge.contracts import Direction, Level, Verdict, WordFilter
from knowledge.sensitive.evaluation.rows import Labelled


@dataclass(frozen=True, slots=True)
class Outcome:
    row: Labelled
    verdict: Verdict

    @property
    def is_flagged(self) -> bool:
        return self.verdict.level not in (None, Level.LOG_ONLY)

    def as_row(self) -> dict[str, Any]:
        terms = [hit.term for hit in self.verdict.hits]
        return {"id": self.row.id, "flagged": self.is_flagged, "terms": terms, "text": self.verdict.text, "raw_text": self.row.text}


class Judged(Protocol):
    @property
    def row(self) -> Labelled: ...

    @property
    def is_flagged(self) -> bool: ...


def judge(words: WordFilter, rows: Sequence[Labelled]) -> tuple[list[Outcome], float]:
    """With megabytes of UTF-8 a second, over all rows."""
    began = time.perf_counter()
    outcomes = [Outcome(row, words.check(row.text, Direction.VISITOR)) for row in rows]
    seconds = time.perf_counter() - began
    size = sum(len(row.text.encode("utf-8", "surrogatepass")) for row in rows)
    return outcomes, round(size / max(seconds, 1e-9) / 1e6, 2)


def figures(outcomes: Iterable[Judged]) -> dict[str, dict[str, float]]:
    """Shares by language and subset, sensitive and clean texts apart."""
    sides: dict[bool, dict[str, list[bool]]] = {True: defaultdict(list), False: defaultdict(list)}
    for outcome in outcomes:
        sides[outcome.row.is_sensitive][outcome.row.group].append(outcome.is_flagged)
    return {name: _shares(sides[is_sensitive]) for name, is_sensitive in (("recall", True), ("false_alarm", False))}


def _shares(groups: dict[str, list[bool]]) -> dict[str, float]:
    return {group: round(sum(flags) / len(flags), 4) for group, flags in sorted(groups.items())}
