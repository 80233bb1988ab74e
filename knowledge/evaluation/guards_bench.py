"""How the guards do on a bank's own phrasings, changed in what matters and in what does not.

Runs the production router. A mutated phrasing is answered wrongly where it gets the answer of the FAQ that it was made from; a
reworded one is kept where no guard takes its answer away. Knows routes; nothing is fitted here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from knowledge.contracts import Band, Question
from knowledge.evaluation.mutations import KINDS, Mutant, mutated, reworded
from knowledge.faq.bank import Bank
from knowledge.faq.router import FaqRouter

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MOST = 100  # of a kind: each is routed and encoded
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Judged:
    mutant: Mutant
    route: str
    faq: str | None
    reason: str
    trace: tuple[str, ...] = ()

    @property
    def is_answered(self) -> bool:
        """With the FAQ that the text was made from."""
        return self.route == Band.ANSWER and self.faq == self.mutant.faq

    @property
    def is_vetoed(self) -> bool:
        return self.reason.startswith("guard:")


def run(router: FaqRouter, bank: Bank, *, most: int = MOST) -> list[Judged]:
    return judged(router, [*mutated(bank, most=most), *reworded(bank, most=most)])


def judged(router: FaqRouter, mutants: Sequence[Mutant]) -> list[Judged]:
    return [one for start in range(0, len(mutants), _BATCH) for one in _batch(router, mutants[start : start + _BATCH])]


def _batch(router: FaqRouter, mutants: Sequence[Mutant]) -> Iterable[Judged]:
    vectors = router.encoder.encode([mutant.text for mutant in mutants])
    for mutant, vector in zip(mutants, vectors, strict=True):
        match = router.route(Question(mutant.text, NOW, mutant.language), vector)
        yield Judged(mutant, str(match.band), match.best.faq if match.best else None, match.reason, tuple(match.trace.get("veto", ())))


def figures(found: Sequence[Judged]) -> dict[str, Any]:
    """[share, number] of each: mutated ones answered, by kind; reworded ones kept of those that would be answered; reworded ones answered."""
    kinds: dict[str, list[Judged]] = defaultdict(list)
    for one in found:
        kinds[one.mutant.kind].append(one)
    same = kinds.pop("same", [])
    changed = [one for kind in KINDS for one in kinds[kind]]
    return {
        "mutated_answered": {kind: _share(one.is_answered for one in kinds[kind]) for kind in KINDS},
        "mutated_answered_all": _share(one.is_answered for one in changed),
        "unguarded_answered_all": _share(one.is_answered or (one.is_vetoed and one.faq == one.mutant.faq) for one in changed),
        "kept": _share(one.is_answered for one in same if one.is_answered or one.is_vetoed),
        "reworded_answered": _share(one.is_answered for one in same),
    }


def _share(values: Iterable[bool]) -> list[Any]:
    counted = list(values)
    return [round(sum(counted) / len(counted), 4) if counted else None, len(counted)]
