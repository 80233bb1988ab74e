"""The list that ships: complete, sane, and silent on ordinary support speech."""

from __future__ import annotations

import pytest

from knowledge.contracts import Direction, Level
from knowledge.sensitive.matcher import build_matcher
from knowledge.sensitive.starter import starter_allowed, starter_terms

MATCHER = build_matcher([starter_terms()], starter_allowed())
CATEGORIES = {"abuse", "profanity", "hate", "sexual", "fraud", "gambling", "drugs", "violence", "self-harm"}


def check(text):
    return MATCHER.check(text, Direction.VISITOR)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_language_has_every_category_and_enough_words(language):
    terms = [term for term in starter_terms() if term.language == language]
    assert len(terms) >= 150
    assert {term.category for term in terms} == CATEGORIES


def test_every_listed_word_is_accepted_and_found():
    assert MATCHER.words.refused == ()
    assert [term.text for term in starter_terms() if not check(term.text).hits] == []


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("damn, where is my parcel", Level.MASK),
        ("你们客服是傻逼吗", Level.MASK),
        ("加微信转账", Level.MASK),
        ("i want to die", Level.HAND_OVER),
        ("我不想活了", Level.HAND_OVER),
        ("出租银行卡，高额返利", Level.BLOCK),
    ],
)
def test_it_knows_what_each_kind_leads_to(text, level):
    assert check(text).level is level


@pytest.mark.parametrize(
    "text",
    [
        "我还没有收到手机，其他的都到了，能用微信支付或者转账吗？",
        "为什么收不到验证码？",
        "我的账号被盗了怎么办",
        "衣服上吊牌还在可以退吗",
        "接口交付时间是什么时候",
        "我操作了还是不行",
        "我妈的手机坏了",
        "麻烦你今天发货，大麻烦了",
        "一次性交清可以吗",
        "发射精度不够",
        "想死你们家的新品了",
        "可以一次性交两年的费用吗",
        "I live in Scunthorpe, near Penistone and Lightwater.",
        "Please assess my class pass.",
        "He'll be here, she'll too.",
        "Does it leave soap scum?",
        "My order A55 has not arrived, 5 kms away",
        "I cut myself on the glass, what do I do?",
        "How do I screw this into the wall?",
        "I'll shoot you an email.",
        "Can I pay with a gift card?",
        "Where is my hookah? It analyses the cocktail and the shuttlecock.",
    ],
)
def test_it_is_silent_on_ordinary_support_speech(text):
    assert check(text).hits == ()


def test_the_longer_harmless_phrase_spares_only_itself():
    assert check("想死你了，但我想死").level is Level.HAND_OVER
