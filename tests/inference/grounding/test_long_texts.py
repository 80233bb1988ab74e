"""What visitors say may be long: the check of an answer begins at once all the same."""

from __future__ import annotations

import pytest

from inference.facade import open_grounding

EVIDENCE = ["You can return goods within 30 days of receipt."]


@pytest.mark.timeout(20)  # with the square of the length this took minutes
@pytest.mark.parametrize("words", ["退", " ", "and "])
def test_a_long_text_without_a_list_is_read_at_once(words: str) -> None:
    stream = open_grounding(EVIDENCE, [words * (100_000 // len(words))], "en")
    assert stream.feed(EVIDENCE[0]) + stream.flush() == EVIDENCE[0]


@pytest.mark.parametrize(
    ("listed", "holds"), [("杭州有西湖、灵隐寺、雷峰塔。", True), ("杭州有西湖、灵隐寺。", False), ("西湖、、灵隐寺、雷峰塔", False)]
)
def test_a_number_of_things_is_held_by_a_list_of_so_many(listed: str, holds: bool) -> None:
    stream = open_grounding([listed], ["几个景点"], "zh")
    stream.feed("有三个景点。")
    stream.flush()
    is_refused = stream.unsupported is not None and stream.unsupported.kind == "number"
    assert is_refused is not holds
