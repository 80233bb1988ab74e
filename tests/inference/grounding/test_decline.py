"""An answer that says the material does not cover the question is noticed; one that answers is not."""

from __future__ import annotations

import pytest

from inference.facade import is_decline

DECLINES = [
    "资料中没有提到这个问题。",
    "文中并未说明退款时间。",
    "没有找到相关的信息。",
    "抱歉，我无法回答。",
    "很遗憾，暂无消息。",
    "不知道。",
    "The material does not say how long it takes.",
    "The provided text doesn't mention refunds.",
    "I can't find that in the documents.",
    "There is no information about this.",
    "Sorry, I cannot help with that.",
    "I\u2019m sorry, but I don\u2019t know.",
    "I don't know.",
]
ANSWERS = [
    "清仓商品不能退货。",
    "退款 5 个工作日到账。",
    "没有运费。",
    "",
    "Clearance goods cannot be returned.",
    "There is no delivery fee above ¥199.",
    "You do not need an account to order.",
]


@pytest.mark.parametrize("text", DECLINES)
def test_a_decline_is_noticed_whatever_the_questions_language(text: str) -> None:
    assert is_decline(text, "zh")
    assert is_decline(text, "en")


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer_is_none(text: str) -> None:
    assert not is_decline(text, "zh")
    assert not is_decline(text, "en")


def test_only_the_beginning_tells() -> None:
    assert not is_decline(f"{'运费是 10 元。' * 30}资料中没有提到别的。", "zh")
