"""What a model sees instead of somebody's data, and how the data comes back, however the model's text is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.facade import hide_personal

ASKED = "call 13800138000 or 13900139000, not 13800138000, or a@b.com"


def test_each_piece_has_a_word_of_its_own() -> None:
    assert hide_personal(ASKED, "en").text == "call [phone] or [phone 2], not [phone], or [e-mail]"
    assert hide_personal("打13800138000", "zh").text == "打[电话]"


@given(st.lists(st.integers(1, 7)))
def test_any_chunking_gives_the_whole_text(sizes: list[int]) -> None:
    said, pieces = "We call [phone 2] and [phone]; [e-mail] [x [phone", []
    rest = said
    for size in sizes:
        pieces.append(rest[:size])
        rest = rest[size:]
    shown = "".join(hide_personal(ASKED, "en").restored([*pieces, rest]))
    assert shown == "We call 13900139000 and 13800138000; a@b.com [x [phone"


@pytest.mark.parametrize("said", ["[1] as it is [", "no words at all"])
def test_without_personal_data_nothing_is_held_back(said: str) -> None:
    assert list(hide_personal("how long do I steep it", "en").restored(list(said))) == list(said)


def test_the_engines_pulse_passes() -> None:
    assert list(hide_personal(ASKED, "en").restored(["a ", "", "b"])) == ["a ", "", "b"]
