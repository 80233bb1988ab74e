"""Judges answers with the product's own check, whole as its stream judges them. Knows no files and counts nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from inference import facade
from inference.contracts import Language
from inference.evaluation.judged_rows import JudgedRow, Verdict
from inference.grounding.scoring import shipped
from inference.grounding.sentences import support_of


def judge(rows: Iterable[JudgedRow], told: Callable[[int], None] = lambda _: None) -> Iterator[Verdict]:
    """The score is the learned one, one lower where a rule ends the answer: rules stand above it."""
    for number, row in enumerate(rows, 1):
        language: Language = "zh" if row.lang == "zh" else "en"
        stream = facade.open_grounding(row.evidence, [row.question], language)
        shown = stream.feed(row.answer) + stream.flush()
        stopped = stream.unsupported
        score = support_of(row.answer, row.evidence, row.question, shipped())
        by_rule = stopped is not None and stopped.kind != "sentence"
        yield Verdict(row, stopped is not None, stopped.kind if stopped else "", shown, score - by_rule)
        told(number)
