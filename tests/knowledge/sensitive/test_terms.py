"""Compiling lists: how words are read, which list wins, what changes the version."""

from __future__ import annotations

import pytest

from knowledge.contracts import Level
from knowledge.sensitive.terms import Term, compile_words, inflections, normalise_term


@pytest.mark.parametrize(
    ("listed", "read"),
    [
        ("Damn", "damn"),
        ("  fuck   you ", "fuck you"),
        ("a$$", "ass"),
        ("f*ck", "fck"),
        ("earn $500", "earn 500"),
        ("加 微信", "加微信"),
        ("加 VX", "加vx"),
        ("轉賬", "转账"),
        ("Ａ片", "a片"),
        ("…", ""),
        ("n1gg@h", "niggah"),
        ("yahoo!奇摩", "yahoo奇摩"),
        ("三级片", "3级片"),
    ],
)
def test_it_reads_a_listed_word_as_texts_are_read(listed, read):
    assert normalise_term(listed) == read


@pytest.mark.parametrize("useless", ["", "  ", "…", "a", "7", "x" * 101, "法。轮"])
def test_it_refuses_what_would_flag_everything_or_nothing(useless):
    assert compile_words([[Term(useless)]]).refused == (useless,)


def test_a_later_list_wins_over_an_earlier_one():
    words = compile_words([[Term("damn", level=Level.BLOCK)], [Term("DAMN", level=Level.LOG_ONLY)]])
    assert words.whole["damn"].level is Level.LOG_ONLY


def test_inside_one_list_the_strongest_level_wins():
    words = compile_words([[Term("damn", level=Level.BLOCK), Term("ｄａｍｎ", level=Level.MASK)]])
    assert words.whole["damn"].level is Level.BLOCK


def test_an_inflected_form_never_hides_a_listed_one():
    words = compile_words([[Term("damn", level=Level.MASK), Term("damned", level=Level.BLOCK)]])
    assert words.whole["damned"].level is Level.BLOCK


def test_only_long_enough_latin_words_are_inflected():
    assert inflections("screw you") == ["screw yous"]
    assert inflections("rape") == ["rapes", "raped", "raping"]
    assert inflections("vx") == inflections("傻逼") == []


def test_the_version_is_the_same_for_the_same_words_in_any_order():
    one, two = Term("damn", "profanity", Level.MASK), Term("傻逼", "abuse", Level.MASK)
    assert compile_words([[one, two]]).version == compile_words([[two, one]]).version


@pytest.mark.parametrize("change", [Term("damn", level=Level.MASK), Term("dam"), Term("damn", "mild")])
def test_any_change_gives_another_version(change):
    assert compile_words([[change]]).version != compile_words([[Term("damn")]]).version


def test_an_allowed_phrase_changes_the_version_too():
    assert compile_words([[Term("damn")]], ["damnation"]).version != compile_words([[Term("damn")]]).version
