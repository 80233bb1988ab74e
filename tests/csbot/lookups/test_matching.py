"""Which message asks for a lookup, and which values it names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.lookups.matching import LEAST_LEAD, LEAST_LEAD_AFTER_ANSWER, LEAST_WITHOUT, Judge, Shape, SlotShape, values_in, wish_of
from knowledge.contracts import NearestExample

NUMBER = SlotShape("number", "A[0-9]{4}", "A1001")
ORDERS = Shape("orders", (NUMBER,), ("where is my order {number}", "我的订单{number}到哪了"))
STOCK = Shape("stock", (SlotShape("article", "MT-[0-9]{3}", "MT-101"),), ("do you have {article}",))


def judge(key: str, probability: float, lead: float = -9.0) -> Judge:
    return Judge(lambda text: NearestExample(key, probability, lead), lambda text: NearestExample(key, 0.0, lead))


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


def test_with_its_values_what_is_said_beside_them_decides() -> None:
    text = "please tell me about order A1002 now"
    assert wish_of(text, [ORDERS], judge("orders", 0.0, LEAST_LEAD))
    assert wish_of(text, [ORDERS], judge("orders", 1.0, LEAST_LEAD - 0.1)) is None
    assert wish_of(text, [ORDERS, STOCK], judge("stock", 1.0, 5.0)) is None  # its values are not there


def test_without_values_it_has_to_be_clear_but_less_so_after_an_answer() -> None:
    text = "please tell me about my order now"
    assert wish_of(text, [ORDERS], judge("orders", LEAST_WITHOUT))
    assert wish_of(text, [ORDERS], judge("orders", 0.0, LEAST_LEAD_AFTER_ANSWER)) is None
    assert wish_of(text, [ORDERS], judge("orders", 0.0, LEAST_LEAD_AFTER_ANSWER), before="orders")
    assert wish_of(text, [ORDERS], judge("orders", 0.0, LEAST_LEAD_AFTER_ANSWER - 0.1), before="orders") is None
    assert wish_of(text, [ORDERS, STOCK], judge("stock", 0.0, 1.0), before="orders") is None


@pytest.mark.parametrize(
    ("text", "spoken", "bare"),
    [("please say where A7777 is now", [], ["please say where is now"]), ("where is it", ["where is it"], [])],
)
def test_the_judge_hears_what_is_said_beside_the_values(text: str, spoken: list[str], bare: list[str]) -> None:
    heard: tuple[list[str], list[str]] = ([], [])
    wish_of(text, [ORDERS], Judge(heard[0].append, heard[1].append))  # type: ignore[func-returns-value]
    assert heard == (spoken, bare)


def test_examples_without_their_values_are_each_told_once() -> None:
    shape = Shape("orders", (NUMBER,), ("where is {number}", "where is", "{number}", "订单{number}到哪了"))
    assert shape.bare_examples() == ("where is", "订单 到哪了")


@given(st.text(max_size=60))
def test_no_text_breaks_it_and_a_slow_pattern_ends(text: str) -> None:
    slow = Shape("slow", (SlotShape("x", "(a+)+$", "aaa"),), ("what is {x}",))
    wish_of(text + "a" * 40 + "!", [slow, ORDERS], judge("orders", 0.5))
