"""The bench with the semantic layer: what either flags counts, and an encoder that the layer does not know gives no figures."""

from __future__ import annotations

from knowledge.contracts import Direction, Level
from knowledge.faq.encoder import HashEncoder
from knowledge.sensitive.evaluation import bench, meaning
from knowledge.sensitive.evaluation.rows import Labelled
from knowledge.sensitive.matcher import build_matcher
from knowledge.sensitive.terms import Term
from tests.knowledge.sensitive.semantic.fakes import Told


def outcomes() -> list[bench.Outcome]:
    words = build_matcher([[Term("grobnik", "rivals", Level.MASK)]])
    texts = [("a grobnik", True), ("a foul thing", True), ("a mild thing", True), ("where is it", False)]
    rows = [Labelled(str(number), "en", text, is_sensitive, "toy") for number, (text, is_sensitive) in enumerate(texts)]
    return [bench.Outcome(row, words.check(row.text, Direction.VISITOR)) for row in rows]


def test_what_words_or_meaning_flag_counts_once() -> None:
    assert meaning.figures(outcomes(), Told()) == {"recall": {"en/toy": 0.6667}, "false_alarm": {"en/toy": 0.0}}


def test_with_an_unknown_encoder_there_are_no_figures() -> None:
    assert meaning.figures(outcomes(), HashEncoder()) is None
