"""What is made wrong is wrong in the way that it says, and what is called supported stands in the evidence."""

from __future__ import annotations

import re

import pytest

from inference.evaluation.corrupting import Asked, Example, examples_of

EVIDENCE = (
    "A silver member saves 3% within 12 months, a gold member saves 6%. Clearance goods are not returned.",
    "保温瓶容量500毫升，保修期2年，不能进洗碗机。",
)
ROWS = [
    Asked("shop:a", "en", EVIDENCE, "What does a silver member save?", "A silver member saves 3% within 12 months."),
    Asked("shop:b", "zh", EVIDENCE, "保温瓶能进洗碗机吗？", "保温瓶不能进洗碗机，容量500毫升。"),
    Asked("shop:c", "en", ("Parcels take 5 days. Lamps are made of oak.",), "How long does a parcel take?", "Parcels take 5 days to arrive."),
    Asked("shop:d", "zh", ("茶壶三十天内可以退货。客服9点上班。",), "茶壶可以退货吗？", "茶壶三十天内可以退货。"),
]
MADE_UP = {("shop:a", ROWS[0].question): ["Silver members fly to the moon."]}
EXAMPLES = list(examples_of(ROWS, 3, MADE_UP))
DIGITS = re.compile(r"\d+")


def of(kind: str) -> list[Example]:
    found = [one for one in EXAMPLES if one.kind == kind]
    assert found
    return found


def test_the_same_seed_makes_the_same() -> None:
    assert list(examples_of(ROWS, 3, MADE_UP)) == EXAMPLES


def test_a_quote_stands_in_the_evidence() -> None:
    assert all(one.is_supported and any(one.answer in text for text in one.evidence) for one in of("quoted"))


def test_a_changed_number_stands_nowhere() -> None:
    for one in of("number_changed"):
        given = {number for text in (*one.evidence, one.asked.question) for number in DIGITS.findall(text)}
        assert not {*DIGITS.findall(one.answer)} <= given


@pytest.mark.parametrize("kind", ["number_from_evidence", "quoted_otherwise"])
def test_an_exchanged_number_is_the_evidences_own(kind: str) -> None:
    for one in of(kind):
        given = {number for text in one.evidence for number in DIGITS.findall(text)}
        assert {*DIGITS.findall(one.answer)} <= given
        assert all(one.answer not in text for text in one.evidence)


def test_a_turned_answer_says_not_where_there_was_none_or_the_other_way_round() -> None:
    assert "保温瓶可以进洗碗机，容量500毫升。" in {one.answer for one in of("turned_round")}
    assert not any(one.is_supported or one.answer == one.asked.answer for one in of("turned_round"))


def test_what_a_model_made_up_belongs_to_its_question() -> None:
    assert [(one.asked.doc, one.answer, one.is_supported) for one in of("made_up")] == [("shop:a", "Silver members fly to the moon.", False)]
