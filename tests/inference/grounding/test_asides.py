"""Talk around a fact is taken off before a whole answer is judged; the fact itself never is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.grounding.asides import without_asides
from inference.grounding.scoring import shipped
from inference.grounding.sentences import support_of
from inference.grounding.signs import Known

TALK = [
    ("Well, I heard that the oak board is oiled once a month.", "the oak board is oiled once a month."),
    ("I'm not really sure, but I think returns take 7 days!", "returns take 7 days!"),
    ("That's interesting. Did you know that tea keeps for 2 years?", "tea keeps for 2 years?"),
    ("对啊，听说保温瓶不能进洗碗机。", "保温瓶不能进洗碗机。"),
    ("嗯，我不太清楚，保修期为2年。", "保修期为2年。"),
]
FACTS = [
    "Butter is so hot that it melts.",
    "The right side is true to size, so it fits.",
    "They also know the order number, and it is not sure to arrive.",
    "好评返现不参加活动，对折商品除外。",
    "是否退货由您决定。",
]


@pytest.mark.parametrize(("said", "left"), TALK)
def test_talk_is_taken_off(said: str, left: str) -> None:
    assert without_asides(said) == left


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_stays_whole(fact: str) -> None:
    assert without_asides(fact) == fact


@pytest.mark.parametrize("said", ["Yes, I agree.", "I don’t know.", "是的，我也觉得。", "Haha!", ""])
def test_nothing_is_left_of_talk_alone(said: str) -> None:
    assert not any(character.isalnum() for character in without_asides(said))


@given(st.text(max_size=120))
def test_nothing_is_ever_added(text: str) -> None:
    left = [*filter(str.isalnum, without_asides(text))]
    letters = filter(str.isalnum, text)
    assert all(character in letters for character in left)


def test_talk_lowers_an_answers_support_less_than_what_is_made_up() -> None:
    known = Known(["The oak board is oiled once a month."], "How do I care for the oak board?")
    talk, made_up = (
        support_of(text, known, shipped())
        for text in ("I heard that the oak board is oiled once a month.", "My aunt says that the oak board is oiled once a month.")
    )
    assert talk > made_up
