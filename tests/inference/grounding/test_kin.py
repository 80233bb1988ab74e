"""Words that mean about the same are near each other, in either language and across; others are not."""

from __future__ import annotations

import pytest

from inference.grounding.kin import SHIPPED, Kinship, shipped


@pytest.mark.parametrize(
    ("word", "near", "far"),
    [("movie", "film", "parking"), ("kids", "children", "refund"), ("酒店", "宾馆", "天气"), ("收费", "费用", "颜色"), ("酒店", "hotel", "music")],
)
def test_a_word_is_nearer_to_one_that_means_the_same(word: str, near: str, far: str) -> None:
    assert Kinship(shipped(), near).of(word) > Kinship(shipped(), far).of(word) == [0.0]


def test_the_same_word_is_the_nearest_known_or_not() -> None:
    assert Kinship(shipped(), "the xyzzyq parcels").of("xyzzyq parcel") == [1.0, 1.0]
    assert Kinship(shipped(), "parcels").of("xyzzyq") == [0.0]


def test_chinese_is_cut_into_the_longest_words_of_the_table() -> None:
    assert list(shipped().words_of("附近有没有好吃的餐馆")) == ["附近", "有没有", "好吃", "餐馆"]


@pytest.mark.parametrize("text", ["", " ", "。！", "\ud800", "的的的", "the of"])
def test_a_text_without_words_of_content_has_none(text: str) -> None:
    assert Kinship(shipped(), "film").of(text) == []
    assert Kinship(shipped(), text).of("film") == [0.0]


def test_the_table_is_small() -> None:
    assert SHIPPED.stat().st_size <= 3_500_000
