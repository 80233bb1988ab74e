"""Judges answers with the product's own check, whole as its stream judges them. Knows no files and counts nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from inference import facade
from inference.contracts import Language
from inference.evaluation.judged_rows import JudgedRow, Verdict
from inference.grounding.scoring import shipped
from inference.grounding.sentences import support_of
from inference.grounding.signs import Known


def judge(rows: Iterable[JudgedRow], told: Callable[[int], None] = lambda _: None) -> Iterator[Verdict]:
    """The score is that of the whole answer, one lower where the check withholds a part of it: its verdict stands above the score."""
    for number, row in enumerate(rows, 1):
        language: Language = "zh" if row.lang == "zh" else "en"
        stream = facade.open_grounding(row.evidence, [row.question], language)
        shown = stream.feed(row.answer) + stream.flush()
        stopped = stream.unsupported
        score = support_of(row.answer, Known(row.evidence, row.question), shipped())
        yield Verdict(row, stopped is not None, stopped.kind if stopped else "", shown, score - (stopped is not None))
        told(number)
