"""Which message asks for a lookup, and which values it names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.lookups.matching import LEAST_WITH_VALUES, LEAST_WITHOUT, Judge, Shape, SlotShape, values_in, wish_of

NUMBER = SlotShape("number", "A[0-9]{4}", "A1001")
ORDERS = Shape("orders", (NUMBER,), ("where is my order {number}", "我的订单{number}到哪了"))
STOCK = Shape("stock", (SlotShape("article", "MT-[0-9]{3}", "MT-101"),), ("do you have {article}",))


def judge(key: str, probability: float) -> Judge:
    return lambda text: (key, probability)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("where is A1001", "A1001"),
        ("我的订单A1001到哪了", "A1001"),
        ("where is a1001?", "a1001"),
        ("A10012", None),
        ("XA1001", None),
        ("order 1001", None),
    ],
)
def test_a_value_is_found_where_it_stands_by_itself(text: str, found: str | None) -> None:
    assert values_in(text, [NUMBER]).get("number") == found


def test_examples_are_spoken_with_values_in_their_places() -> None:
    assert ORDERS.spoken_examples() == ("where is my order A1001", "我的订单A1001到哪了")


@pytest.mark.parametrize(("text", "values"), [("A1002", {"number": "A1002"}), ("是A1002吧", {"number": "A1002"})])
def test_a_value_alone_asks_whatever_the_judge_thinks(text: str, values: dict[str, str]) -> None:
    wish = wish_of(text, [ORDERS, STOCK], judge("stock", 0.0))
    assert wish
    assert (wish.key, wish.values) == ("orders", values)


def test_with_its_values_less_likeness_is_enough_than_without() -> None:
    between = (LEAST_WITH_VALUES + LEAST_WITHOUT) / 2
    assert wish_of("please tell me about order A1002 now", [ORDERS], judge("orders", between))
    assert wish_of("please tell me about my order now", [ORDERS], judge("orders", between)) is None
    assert wish_of("please tell me about my order now", [ORDERS], judge("orders", between), before="orders")


def test_the_judge_hears_the_examples_own_values() -> None:
    heard: list[str] = []

    def listen(text: str) -> None:
        heard.append(text)

    wish_of("please say where A7777 is by now", [ORDERS], listen)
    assert heard == ["please say where A1001 is by now"]


@given(st.text(max_size=60))
def test_no_text_breaks_it_and_a_slow_pattern_ends(text: str) -> None:
    slow = Shape("slow", (SlotShape("x", "(a+)+$", "aaa"),), ("what is {x}",))
    wish_of(text + "a" * 40 + "!", [slow, ORDERS], judge("orders", 0.5))
