"""The intent bench: labelled messages of one or several data sets, in the formats of `intents.csv`.

Teaches the production detector the messages of one part and asks it those of the other. Knows files and figures.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.contracts import LANGUAGES, IntentAction
from knowledge.evaluation.figures import auroc
from knowledge.faq.encoder import Encoder
from knowledge.faq.normalise import detect_language
from knowledge.intent.definitions import IntentDefinition
from knowledge.intent.detector import IntentDetector

FILE = "intents.csv"
UNNAMED = "SMP"  # the Chinese file has one data set and does not name it
TEST_SHARE = 0.2


class BenchError(ValueError):
    """Names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Labelled:
    id: str
    dataset: str
    text: str
    intent: str  # "" where the message is out of scope


@dataclass(frozen=True, slots=True)
class Outcome:
    asked: Labelled
    intent: str
    in_scope: float

    def as_row(self) -> dict[str, Any]:
        return {"id": self.asked.id, "dataset": self.asked.dataset, "intent": self.intent, "p_in_scope": round(self.in_scope, 6)}


def rows_read(folder: Path) -> list[Labelled]:
    path = folder / FILE
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BenchError(f"{path}: {error}") from error
    label = "intent" if rows and "intent" in rows[0] else "domain"
    if not rows or "text" not in rows[0] or label not in rows[0]:
        raise BenchError(f"{path}: the columns text and intent (or domain) are needed, and rows")
    return [_labelled(number, row, label) for number, row in enumerate(rows, 1) if (row["text"] or "").strip()]


def _labelled(number: int, row: dict[str, str], label: str) -> Labelled:
    intent = "" if row.get("scope") == "out_of_scope" else row[label] or ""
    return Labelled(row.get("id") or str(number), row.get("dataset") or UNNAMED, row["text"], intent)


def split(rows: Sequence[Labelled], seed: int) -> tuple[list[Labelled], list[Labelled]]:
    """(taught, asked): a share of every intent is asked; what is out of scope is asked only."""
    dice = np.random.default_rng(seed)
    by_label: dict[tuple[str, str], list[Labelled]] = defaultdict(list)
    for row in rows:
        by_label[row.dataset, row.intent].append(row)
    taught: list[Labelled] = []
    asked: list[Labelled] = []
    for (_, intent), own in sorted(by_label.items()):
        mixed = [own[int(place)] for place in dice.permutation(len(own))]
        count = round(len(own) * TEST_SHARE) if intent else len(own)
        asked += mixed[:count]
        taught += mixed[count:]
    return taught, asked


def few(rows: Sequence[Labelled], shots: int, seed: int) -> list[Labelled]:
    """So many examples of each intent."""
    dice = np.random.default_rng(seed)
    by_label: dict[tuple[str, str], list[Labelled]] = defaultdict(list)
    for row in rows:
        by_label[row.dataset, row.intent].append(row)
    return [own[int(place)] for _, own in sorted(by_label.items()) for place in dice.permutation(len(own))[:shots]]


def run(taught: Sequence[Labelled], asked: Sequence[Labelled], encoder: Encoder) -> list[Outcome]:
    """One data set. Messages that are taught as out of scope are questions that mean no intent."""
    names = sorted({row.intent for row in taught if row.intent})
    detector = IntentDetector.build(
        [_definition(number, [row.text for row in taught if row.intent == name]) for number, name in enumerate(names)],
        _AsLists(encoder),
        questions=[row.text for row in taught if not row.intent],
    )
    vectors = encoder.encode([row.text for row in asked])
    outcomes = []
    for row, vector in zip(asked, vectors, strict=True):
        key, in_scope = detector.choose(row.text, vector) or ("", 0.0)
        outcomes.append(Outcome(row, names[int(key.removeprefix("intent-"))] if key else "", in_scope))
    return outcomes


def _definition(number: int, texts: list[str]) -> IntentDefinition:
    of_language = {language: tuple(text for text in texts if detect_language(text) == language) for language in LANGUAGES}
    return IntentDefinition(f"intent-{number}", IntentAction.QUESTION, examples=of_language)


class _AsLists:
    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def encode(self, texts: list[str]) -> Any:
        return self._encoder.encode(texts, "query")


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The keys of `intent_eval` (DESIGN 10) for one data set."""
    known = [outcome for outcome in outcomes if outcome.asked.intent]
    is_known = [bool(outcome.asked.intent) for outcome in outcomes]
    has_both = any(is_known) and not all(is_known)
    return {
        "accuracy": _share([outcome.intent == outcome.asked.intent for outcome in known]),
        "macro_f1": _macro_f1(known),
        "oos_auroc": round(auroc([outcome.in_scope for outcome in outcomes], is_known), 4) if has_both else None,
        "n": len(outcomes),
    }


def _share(values: Sequence[bool]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _macro_f1(known: Sequence[Outcome]) -> float | None:
    names = {outcome.asked.intent for outcome in known}
    scores = []
    for name in names:
        hits = sum(outcome.intent == name == outcome.asked.intent for outcome in known)
        total = sum((outcome.intent == name) + (outcome.asked.intent == name) for outcome in known)
        scores.append(2 * hits / total)
    return round(sum(scores) / len(scores), 4) if scores else None
