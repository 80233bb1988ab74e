"""Messages that only name something, and what was asked before asked of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.faq.ellipsis import MOST_EXCHANGED, asked_of_another, beside, exchanged, named
from knowledge.faq.index import VariantIndex
from tests.knowledge.banks import ENCODER, goods_bank


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("退呢", "退"),
        ("那银行卡呢？", "银行卡"),
        ("那紐約", "纽约"),
        ("and the backpack?", "backpack"),
        ("what about gift cards", "gift cards"),
        ("gold?", "gold"),
        ("哎 新疆啦", "新疆"),
    ],
)
def test_a_name_is_what_is_left_without_what_ties_it_to_the_message_before(said: str, name: str) -> None:
    assert named(said) == name


@pytest.mark.parametrize("said", ["运费谁出", "那多少钱", "how long", "is it open", "", "?", "呢", "那呢", "the", "🤔", "?!" * 2000 + "gold"])
def test_what_asks_or_says_more_names_nothing(said: str) -> None:
    assert named(said) == ""


def test_the_name_takes_the_place_of_words_of_the_message_before() -> None:
    assert "how long does express take" in exchanged("How long does standard delivery take", "express")
    assert "钱退到银行卡大概几天" in exchanged("钱退到手机钱包大概几天", "银行卡")


def test_of_an_opposite_only_that_is_exchanged_and_everywhere() -> None:
    assert exchanged("想换一个 几天内可以换", "退") == ["想退一个 几天内可以退", "几天内可以退"]


def test_question_words_stay() -> None:
    assert all("how long" in text for text in exchanged("how long is a coupon valid", "voucher"))


def test_the_likeliest_comes_near_to_a_phrasing_that_holds_the_name() -> None:
    bank = goods_bank()
    texts = [variant.text for faq in bank.faqs for variant in faq.variants]
    index = VariantIndex.build(bank, ENCODER.encode(texts), ENCODER.encode(["how is the weather"]))
    found, holders = asked_of_another(index, "can you repair my violin", "lantern")
    assert found[0] == "can you repair my lantern"
    assert {bank.faqs[number].key.split(".")[0] for number in holders} == {"lantern"}
    assert asked_of_another(index, "can you repair my violin", "zeppelin") == ([], frozenset())
    assert asked_of_another(index, "", "lantern")[0] == []


def test_what_carries_the_question_stays_beside_the_name() -> None:
    assert beside("how long is the warranty on a backpack", "backpack") == {"warranty", "on"}
    assert beside("how long is a backpack", "backpack") == set()
    assert all(len(beside(text, "coupon")) >= 1 for text in exchanged("what does the warranty not cover", "coupon"))


@given(st.text(max_size=60), st.text(min_size=1, max_size=12))
def test_any_text_is_taken(before: str, said: str) -> None:
    name = named(said)
    made = exchanged(before, name) if name else []
    assert len(made) == len(set(made))
    assert len(made) <= 2 * (MOST_EXCHANGED * len(before) + 1)
