"""Answers that were judged, and how a checker's verdicts on them are counted. Knows the file's format; checks nothing itself.

The format is that of DESIGN 8's `grounding_eval`: one JSON object a line with `id`, `lang`, `evidence`, `question`, `answer`, `label`, `kind`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, get_args

Label = Literal["supported", "unsupported"]
WANTED = ("id", "lang", "evidence", "question", "answer", "label", "kind")


class RowError(ValueError):
    """Names the line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class JudgedRow:
    id: str
    lang: str
    evidence: tuple[str, ...]
    question: str
    answer: str
    is_supported: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`shown` is what would have been seen of the answer; `score` orders answers from made up to supported."""

    row: JudgedRow
    is_withheld: bool
    why: str
    shown: str
    score: float


def rows_read(path: Path) -> list[JudgedRow]:
    """Raises RowError, OSError or UnicodeDecodeError."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append(_row(json.loads(line)))
        except (ValueError, RecursionError) as error:
            raise RowError(f"line {number}: {error}") from error
    if not rows:
        raise RowError("it holds no rows")
    return rows


def _row(data: Any) -> JudgedRow:
    if not isinstance(data, dict):
        raise ValueError("a JSON object is wanted")
    if missing := [name for name in WANTED if name not in data]:
        raise ValueError(f"missing: {', '.join(missing)}")
    texts = data["evidence"]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError("evidence: a list of texts is wanted")
    if not isinstance(data["question"], str) or not isinstance(data["answer"], str):
        raise ValueError("question and answer have to be texts")
    if data["label"] not in get_args(Label):
        raise ValueError(f"label: {data['label']!r} is neither supported nor unsupported")
    told = (str(data["id"]), str(data["lang"]), tuple(texts), data["question"], data["answer"])
    return JudgedRow(*told, data["label"] == "supported", str(data["kind"]))


def figures_of(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The keys of DESIGN 10; shares and areas of nothing are left out or null."""
    human = [verdict for verdict in verdicts if verdict.row.kind == "human_label"]
    return {
        "caught": _shares((verdict, verdict.is_withheld) for verdict in verdicts if not verdict.row.is_supported),
        "let_through": _shares((verdict, not verdict.is_withheld) for verdict in verdicts if verdict.row.is_supported),
        "auroc": {"all": auroc(verdicts), "human_label": auroc(human)},
        "n": len(verdicts),
    }


def _shares(judged: Iterable[tuple[Verdict, bool]]) -> dict[str, float]:
    """By language and kind, and by kind alone."""
    counted: dict[str, list[bool]] = defaultdict(list)
    for verdict, value in judged:
        counted[f"{verdict.row.lang}/{verdict.row.kind}"].append(value)
        counted[f"all/{verdict.row.kind}"].append(value)
    return {name: round(sum(values) / len(values), 4) for name, values in sorted(counted.items())}


def auroc(verdicts: Sequence[Verdict]) -> float | None:
    """The chance that a supported answer scores above an unsupported one; ties count half."""
    supported = sum(verdict.row.is_supported for verdict in verdicts)
    unsupported = len(verdicts) - supported
    if not supported or not unsupported:
        return None
    below, wins = 0, 0.0
    for _, group in groupby(sorted(verdicts, key=_score), _score):
        labels = [verdict.row.is_supported for verdict in group]
        bad = len(labels) - sum(labels)
        wins += sum(labels) * (below + bad / 2)
        below += bad
    return round(wins / (supported * unsupported), 4)


def _score(verdict: Verdict) -> float:
    return verdict.score
