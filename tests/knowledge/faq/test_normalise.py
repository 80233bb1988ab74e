"""Texts made comparable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.faq.normalise import detect_language, exact_key, fold, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("你好，请问怎么退货呢？", "怎么退货"),
        ("怎麼退貨", "怎么退货"),
        ("Hello, how do I return it, please?", "how do I return it"),
        ("ＨＯＷ do I return it", "how do i return it"),
        ("怎么 退货 ！！", "怎么退货"),
    ],
)
def test_greetings_width_script_and_signs_do_not_count(one: str, other: str) -> None:
    assert exact_key(one) == exact_key(other)


@pytest.mark.parametrize(("one", "other"), [("30 days", "300 days"), ("能退货", "不能退货"), ("$5", "5%")])
def test_what_changes_the_meaning_counts(one: str, other: str) -> None:
    assert exact_key(one) != exact_key(other)


@given(st.text(max_size=80))
def test_a_key_is_its_own_key(text: str) -> None:
    assert exact_key(exact_key(text)) == exact_key(exact_key(exact_key(text)))
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_any_text_has_words_and_a_language(text: str) -> None:
    assert detect_language(text, "zh") in ("zh", "en")
    assert all(words(text))


@pytest.mark.parametrize(
    ("text", "language"), [("退货", "zh"), ("refund", "en"), ("我的order在哪里", "zh"), ("where is 我的 order now", "en"), ("A1001", "en")]
)
def test_the_language_is_told_by_script(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_without_letters_the_default_counts() -> None:
    assert detect_language("12345", "zh") == "zh"


@pytest.mark.parametrize("text", ["A1012", "a1012?", "MT101", "x2", "12:30"])
def test_what_holds_digits_is_of_no_language(text: str) -> None:
    assert (detect_language(text, "zh"), detect_language(text, "en")) == ("zh", "en")


def test_a_number_beside_words_changes_nothing() -> None:
    assert (detect_language("where is A1012", "zh"), detect_language("我的订单A1012到哪了", "en")) == ("en", "zh")
