"""The filter bench with the semantic layer on: a text is flagged by its words or by what it means.

Knows figures and the layer's door. Does not know files or commands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.faq.encoder import Encoder
from knowledge.sensitive.evaluation import bench
from knowledge.sensitive.evaluation.rows import Labelled
from knowledge.sensitive.semantic.judging import judge_of, semantic_flags


@dataclass(frozen=True, slots=True)
class Either:
    row: Labelled
    is_flagged: bool


def figures(outcomes: Sequence[bench.Outcome], encoder: Encoder) -> dict[str, dict[str, float]] | None:
    """None where the layer was fitted on another encoder. Some minutes for ten thousand texts, all of them encoding."""
    if judge_of(encoder.version) is None:
        return None
    sensed = semantic_flags([outcome.row.text for outcome in outcomes], encoder)
    return bench.figures(Either(outcome.row, outcome.is_flagged or flag) for outcome, flag in zip(outcomes, sensed, strict=True))
