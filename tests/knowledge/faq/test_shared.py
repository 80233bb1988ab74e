"""Words that two texts share, as pieces of the raw text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.faq.shared import shared_pieces


def marked(text: str, other: str) -> list[str]:
    return [piece for piece, is_shared in shared_pieces(text, other) if is_shared]


@pytest.mark.parametrize(
    ("text", "other", "words"),
    [
        ("When does it ship?", "we SHIPPED orders; ships", ["ship"]),
        ("请问多久可以退货", "退货要多久？", ["多久", "退货"]),
        ("多久可以退貨", "退货要多久", ["多久", "退貨"]),
        ("Ｗｈｙ refund", "why", ["Ｗｈｙ"]),
        ("", "x", []),
        ("🙂🙂", "🙂", []),
    ],
)
def test_words_are_found_in_their_own_spelling(text: str, other: str, words: list[str]) -> None:
    assert marked(text, other) == words


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_are_the_text(text: str, other: str) -> None:
    assert "".join(piece for piece, _ in shared_pieces(text, other)) == text
