"""What of a message asks, and what only corrects the message before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from knowledge.contracts import Exchange, Question
from knowledge.faq.core import core_of
from knowledge.faq.following import context_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("lovely weather here. anyway my son wants the big tent, how many people fit in", "anyway my son wants the big tent, how many people fit in"),
        ("早呀 今天太阳真好 对了 朋友结婚 想包装得好看点 你们怎么收费", "想包装得好看点 你们怎么收费"),
        ("Morning! No coffee yet. What colours does the hat come in?", "What colours does the hat come in"),
    ],
)
def test_what_stands_around_a_question_is_left_out(text: str, core: str) -> None:
    assert core_of(text) == core


@pytest.mark.parametrize(
    "text",
    [
        *("how long is delivery", "My lamp broke. Is it under warranty?", "What is it made of? How much is it?", "thanks a lot"),
        *("", "?" * 600, "a," * 5000, "😀😀", "\ud800?"),
    ],
)
def test_where_nothing_can_be_left_out_nothing_is(text: str) -> None:
    assert core_of(text) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("打错了，是开给公司的", "是开给公司的"),
        ("不对 我问的是那个帆布袋", "那个帆布袋"),
        ("sorry i meant the card, not the wallet", "the card"),
        ("no wait, i mean the blue one", "the blue one"),
        ("抬头写错了怎么改", "抬头写错了怎么改"),
        ("sorry", "sorry"),
    ],
)
def test_a_correction_is_searched_without_the_words_that_only_say_so(text: str, said: str) -> None:
    context = context_of(Question(text, NOW, history=(Exchange("how do I get an invoice", "By mail."),)))
    assert context is not None
    assert context.said == said
