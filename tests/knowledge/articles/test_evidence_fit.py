"""The weights of a small base are learnt from questions with evidence, and print as they are shipped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.articles.evidence import SIGNS
from knowledge.evaluation.evidence_fit import main, says

GOODS = ("teapot", "lantern", "violin", "hammock", "blanket", "compass")


def row(number: int) -> dict[str, object]:
    thing, other = GOODS[number % 6], GOODS[(number + 1) % 6]
    is_there = number % 3 != 0
    text = f"The {thing if is_there else other} weighs {number} grams. We ship every day."
    asked = f"How many grams does the {thing} weigh?"
    told = {"answer": str(number), "answerable": is_there, "style": "span"}
    return {"id": str(number), "lang": "en", "history": [], "evidence": [text], "question": asked, **told}


def test_weights_are_learnt_and_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row(number)) + "\n" for number in range(60)), encoding="utf-8")
    assert main([str(path), "hash"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (set(told["weights"]), told["n"]) == (set(SIGNS), 60)
    assert told["weights"]["bm25"] > 0
    assert told["auroc"] > 0.8


@pytest.mark.parametrize(
    ("sentence", "answer", "is_whole", "is_right"),
    [
        ("It weighs 1,200 grams.", "1200", False, True),
        ("It weighs 1,200 grams.", "130", False, False),
        ("It weighs 1,200 grams.", "", False, False),
        ("You can return goods within 30 days.", "Within 30 days you can send them back.", True, True),
        ("Delivery is free.", "Within 30 days you can send them back.", True, False),
    ],
)
def test_a_sentence_answers_where_the_gold_answer_stands_in_it(sentence: str, answer: str, is_whole: bool, is_right: bool) -> None:
    assert says(sentence, answer, is_whole=is_whole) == is_right
