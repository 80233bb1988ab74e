"""The FAQ bench: a bank and questions with known outcomes, in the format of `faqs.csv` and `queries.csv`.

Runs the production router on the bank and says how it did, beside the bare encoder. Knows files and figures; nothing is
fitted on the questions.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.contracts import Band, Language, Question
from knowledge.evaluation.figures import auroc, clopper_pearson, expected_error, percentile
from knowledge.faq.bank import Bank, BankAnswer, BankFaq, BankVariant
from knowledge.faq.encoder import Encoder, Vectors
from knowledge.faq.normalise import detect_language
from knowledge.faq.router import FaqRouter

NONE = "NONE"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class BenchError(ValueError):
    """Names the file, the row and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Asked:
    id: str
    text: str
    expected: str
    also_ok: frozenset[str]
    kind: str

    @property
    def is_known(self) -> bool:
        return self.expected != NONE

    def accepts(self, faq: str) -> bool:
        return self.is_known and (faq == self.expected or faq in self.also_ok)


@dataclass(frozen=True, slots=True)
class Outcome:
    asked: Asked
    route: str
    chance: float
    ranked: tuple[str, ...]
    options: tuple[str, ...]
    ms: float

    @property
    def is_right(self) -> bool:
        return bool(self.ranked) and self.asked.accepts(self.ranked[0])

    def as_row(self) -> dict[str, Any]:
        faq = self.ranked[0] if self.route == Band.ANSWER else None
        return {
            "id": self.asked.id,
            "route": self.route,
            "faq": faq,
            "p": round(self.chance, 6),
            "ranked": list(self.ranked[:5]),
            "options": list(self.options),
        }


# --- files -----------------------------------------------------------------------------------------------------------


def bank_read(folder: Path, promise: int) -> Bank:
    rows = _rows(folder / "faqs.csv", ("faq_id", "question"))
    faqs = [_faq(row) for row in rows]
    keys = [faq.key for faq in faqs]
    if len(set(keys)) < len(keys):
        raise BenchError(f"{folder / 'faqs.csv'}: a faq_id stands twice")
    return Bank(owner="bench", faqs=tuple(faqs), promise=promise)


def _faq(row: dict[str, str]) -> BankFaq:
    texts = list(dict.fromkeys(text.strip() for text in [row["question"], *(row.get("variants") or "").split("||")] if text.strip()))
    variants = tuple(BankVariant(text, detect_language(text), is_canonical=not place) for place, text in enumerate(texts))
    answer = BankAnswer((row.get("answer") or "").strip() or f"[[{row['faq_id']}]]")
    spoken: set[Language] = {variant.language for variant in variants}
    return BankFaq(row["faq_id"], variants, dict.fromkeys(spoken, answer), row.get("category") or "")


def queries_read(folder: Path, distractors: Path | None = None) -> list[Asked]:
    """`distractors`: one question a line (or a CSV with the column `query`) that no FAQ answers."""
    asked = [
        Asked(
            row["query_id"],
            row["query"],
            row["expected_faq_id"] or NONE,
            frozenset(part.strip() for part in (row.get("also_ok") or "").split(";") if part.strip()),
            row.get("kind") or "",
        )
        for row in _rows(folder / "queries.csv", ("query_id", "query", "expected_faq_id"))
    ]
    return asked + [Asked(f"distractor-{n}", text, NONE, frozenset(), "distractor") for n, text in enumerate(_distractors(distractors), 1)]


def _distractors(path: Path | None) -> list[str]:
    if path is None:
        return []
    if path.suffix == ".csv":
        return [row["query"] for row in _rows(path, ("query",))]
    return [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]


def _rows(path: Path, needed: Iterable[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BenchError(f"{path}: {error}") from error
    for name in needed:
        if not rows or name not in rows[0]:
            raise BenchError(f"{path}: the column {name} is missing, or there are no rows")
    return rows


# --- running ---------------------------------------------------------------------------------------------------------


def run(router: FaqRouter, asked: Sequence[Asked]) -> list[Outcome]:
    return [_outcome(router, one) for one in asked]


def _outcome(router: FaqRouter, asked: Asked) -> Outcome:
    start = time.perf_counter()
    match = router.route(Question(asked.text, NOW, detect_language(asked.text)))
    passed_ms = (time.perf_counter() - start) * 1000
    ranked = tuple(candidate.faq for candidate in match.candidates)
    chance = match.candidates[0].probability if match.candidates else 0.0
    return Outcome(asked, str(match.band), chance, ranked, tuple(option.faq for option in match.options), passed_ms)


def floor(bank: Bank, encoder: Encoder, asked: Sequence[Asked]) -> dict[str, float | None]:
    """The bare encoder: question-to-question maximum cosine, nothing else."""
    texts = [(faq.key, variant.text) for faq in bank.faqs for variant in faq.variants]
    scores = encoder.encode([one.text for one in asked]) @ encoder.encode([text for _, text in texts]).T
    ranked = [_by_cosine(row, [key for key, _ in texts]) for row in scores]
    known = [(one, keys) for one, (keys, _) in zip(asked, ranked, strict=True) if one.is_known]
    return {
        "top1": _mean(one.accepts(keys[0]) for one, keys in known),
        "recall3": _mean(any(one.accepts(key) for key in keys[:3]) for one, keys in known),
        "auroc": round(auroc([top for _, top in ranked], [one.is_known for one in asked]), 4),
    }


def _by_cosine(row: Vectors, keys: Sequence[str]) -> tuple[list[str], float]:
    order = np.argsort(-row, kind="stable")
    return list(dict.fromkeys(keys[place] for place in order[:60])), float(row[order[0]])


# --- figures ---------------------------------------------------------------------------------------------------------


def figures(outcomes: Sequence[Outcome], *, best_cut: float) -> dict[str, Any]:
    """The keys of `knowledge_eval` (DESIGN 10)."""
    known = [outcome for outcome in outcomes if outcome.asked.is_known]
    answered = [outcome for outcome in outcomes if outcome.route == Band.ANSWER]
    clarified = [outcome for outcome in known if outcome.route == Band.CLARIFY]
    near = [outcome for outcome in outcomes if outcome.asked.kind == "near_domain"]
    wrong = sum(not outcome.is_right for outcome in answered)
    chances = np.array([outcome.chance for outcome in outcomes])
    return {
        "top1": _mean(outcome.is_right for outcome in known),
        "top1_strict": _mean(bool(outcome.ranked) and outcome.ranked[0] == outcome.asked.expected for outcome in known),
        "recall3": _mean(any(outcome.asked.accepts(faq) for faq in outcome.ranked[:3]) for outcome in known),
        "auroc": round(auroc(chances.tolist(), [outcome.asked.is_known for outcome in outcomes]), 4),
        "e2e": _mean(_is_decided_rightly(outcome, best_cut) for outcome in outcomes),
        "wrong_rate": clopper_pearson(wrong, len(answered)),
        "coverage": _mean(outcome.route == Band.ANSWER and outcome.is_right for outcome in known),
        "coverage_at_5": _coverage_at(outcomes, 0.05),
        "near_domain_answered": _mean(outcome.route == Band.ANSWER for outcome in near),
        "clarify_rate": _mean(outcome.route == Band.CLARIFY for outcome in outcomes),
        "clarify_hit": _mean(any(outcome.asked.accepts(faq) for faq in outcome.options) for outcome in clarified),
        "ece": round(expected_error(chances.tolist(), [outcome.is_right for outcome in outcomes]), 4),
        "route_ms": {name: percentile([outcome.ms for outcome in outcomes], share) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))},
        "n": len(outcomes),
    }


def _is_decided_rightly(outcome: Outcome, cut: float) -> bool:
    is_answered = outcome.chance >= cut
    return (is_answered and outcome.is_right) if outcome.asked.is_known else not is_answered


def _coverage_at(outcomes: Sequence[Outcome], wrong_share: float) -> float:
    """Share of in-scope questions answered rightly at the loosest cut that keeps this share of wrong answers."""
    ordered = sorted(outcomes, key=lambda outcome: -outcome.chance)
    right = np.cumsum([outcome.is_right for outcome in ordered])
    answered = np.arange(1, len(ordered) + 1)
    kept: NDArray[np.int64] = np.flatnonzero((answered - right) / answered <= wrong_share)
    num_known = sum(outcome.asked.is_known for outcome in outcomes)
    return round(float(right[kept[-1]]) / max(num_known, 1), 4) if len(kept) else 0.0


def _mean(values: Iterable[bool]) -> float | None:
    counted = list(values)
    return round(sum(counted) / len(counted), 4) if counted else None

