"""Guesses from the text so far: the fast way equals reading the text from its end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inference.engine.lookup import Lookup, slow_guess

TOKENS = st.lists(st.integers(0, 4), max_size=60)


@given(TOKENS, TOKENS, st.integers(1, 8))
def test_it_guesses_what_reading_backwards_finds(begun, went_on, most):
    text = Lookup(begun)
    for token in went_on:
        text.extend([token])
    assert text.guess(most) == slow_guess(begun + went_on, most)


def test_a_longer_ending_says_more_than_a_later_one():
    assert Lookup([1, 2, 3, 4, 9, 2, 3, 5, 1, 2, 3]).guess(2) == [4, 9]


def test_of_equal_endings_the_last_one_counts():
    assert Lookup([7, 1, 8, 7, 2, 9, 7]).guess(2) == [2, 9]


def test_a_text_whose_end_is_new_gives_no_guess():
    assert (Lookup([1, 2, 3]).guess(5), Lookup().guess(5)) == ([], [])
