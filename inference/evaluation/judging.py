"""Judges answers with the product's own check, whole as its stream judges them. Knows no files and counts nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import get_args

from inference import facade
from inference.contracts import Language
from inference.evaluation.judged_rows import JudgedRow, Verdict
from inference.grounding.scoring import shipped
from inference.grounding.sentences import Doubt, support_of
from inference.grounding.signs import Known


def judge(rows: Iterable[JudgedRow], told: Callable[[int], None] = lambda _: None) -> Iterator[Verdict]:
    """The score is that of the whole answer, one lower where a number, a date or an address has no support: that is certain."""
    for number, row in enumerate(rows, 1):
        language: Language = "zh" if row.lang == "zh" else "en"
        stream = facade.open_grounding(row.evidence, [row.question], language)
        shown = stream.feed(row.answer) + stream.flush()
        stopped = stream.unsupported
        score = support_of(row.answer, Known(row.evidence, row.question), shipped())
        is_certain = stopped is not None and stopped.kind not in get_args(Doubt)
        yield Verdict(row, stopped is not None, stopped.kind if stopped else "", shown, score - is_certain)
        told(number)
