"""Typed replies to "did you mean": what names one of the offered questions, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.faq.choosing import chosen

REFUNDS = [
    "How long does a refund to my bank card take?",
    "How long does a refund for a bank transfer take?",
    "How fast is a refund to the shop balance?",
]
WARRANTY = ["包包保修多久？", "保温瓶不保温了能保修吗？", "衣服开线了保修吗？"]


@pytest.mark.parametrize(
    ("reply", "titles", "place"),
    [
        ("paid by bank card", REFUNDS, 0),
        ("to the balance", REFUNDS, 2),
        ("the transfer", REFUNDS, 1),
        ("the second one", REFUNDS, 1),
        ("3", REFUNDS, 2),
        ("2.", REFUNDS, 1),
        ("包包", WARRANTY, 0),
        ("是衣服", WARRANTY, 2),
        ("第二个", WARRANTY, 1),
        ("保温瓶不保温了能保修吗", WARRANTY, 1),
        ("是的", WARRANTY[:1], 0),
        ("Yes, please!", ["Is the mug safe?"], None),  # a comma more than is known: a message like any other
        ("yes please", ["Is the mug safe?"], 0),
        ("yes", REFUNDS, None),
        ("水壶", WARRANTY, None),
        ("refund", REFUNDS, None),
        ("bank", REFUNDS, None),
        ("card or balance", REFUNDS, None),
        ("to my", REFUNDS, None),
        ("第三个", WARRANTY[:2], None),
        ("", REFUNDS, None),
        ("card", [], None),
        ("还是别的", WARRANTY[:1], None),
    ],
)
def test_a_reply_names_one_or_none(reply: str, titles: list[str], place: int | None) -> None:
    assert chosen(reply, titles) == place


@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=3))
def test_whatever_is_written_the_place_is_one_of_the_titles(reply: str, titles: list[str]) -> None:
    place = chosen(reply, titles)
    assert place is None or 0 <= place < len(titles)
