"""Streams: any chunking gives what the whole text gives, and little is held back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.contracts import Direction, Level
from knowledge.sensitive.matcher import build_matcher
from knowledge.sensitive.scanner import MAX_SPAN
from knowledge.sensitive.terms import Term
from knowledge.sensitive.verdicts import STOPPING
from tests.knowledge.sensitive.texts import cut, planted

WORDS = [
    Term("damn", "profanity", Level.MASK, "en"),
    Term("加微信", "fraud", Level.BLOCK, "zh"),
    Term("想死", "self-harm", Level.HAND_OVER, "zh"),
]
MATCHER = build_matcher([WORDS], allowed=["想死你了"])


def read(*pieces, matcher=MATCHER, direction=Direction.BOT):
    stream = matcher.open_stream(direction)
    return [*(stream.feed(piece) for piece in pieces), stream.flush()], stream


@settings(max_examples=500, deadline=None)
@given(st.data(), planted())
def test_any_chunking_gives_what_the_whole_text_gives(data, case):
    listed, allowed, text = case
    matcher = build_matcher([listed], allowed)
    out, stream = read(*data.draw(cut(text)), matcher=matcher)
    whole = matcher.check(text, Direction.BOT)
    stop = next((hit.start for hit in whole.hits if hit.level in STOPPING), len(text))
    assert "".join(out) == whole.text[:stop]
    assert stream.hits == tuple(hit for hit in whole.hits if hit.start <= stop)
    assert bool(stream.stopped) == (stop < len(text))


@settings(max_examples=200, deadline=None)
@given(planted())
def test_one_character_at_a_time_leaks_no_masked_character(case):
    listed, allowed, text = case
    matcher = build_matcher([listed], allowed)
    stream = matcher.open_stream(Direction.BOT)
    sent = "".join(map(stream.feed, text))
    assert matcher.check(text, Direction.BOT).text.startswith(sent)


def test_it_holds_back_half_a_word():
    assert read("so da", "mn good")[0] == ["so ", "**** good", ""]


def test_it_lets_half_a_word_go_when_it_becomes_another():
    assert read("so da", "ys")[0] == ["so ", "days", ""]


def test_it_gives_the_held_tail_at_the_end():
    assert read("so da")[0] == ["so ", "da"]


def test_a_word_that_a_listed_one_begins_with_goes_out_at_its_end():
    longer = build_matcher([[Term("thermobaric", language="en"), Term("in debt", language="en")]])
    assert read("the ", "r", matcher=longer)[0] == ["the ", "r", ""]
    assert read("in ", "a", matcher=longer)[0] == ["", "in a", ""]


def test_a_word_at_the_very_end_is_masked():
    assert read("oh damn")[0] == ["oh ", "****"]


def test_nothing_comes_out_after_a_blocked_word():
    out, stream = read("您好，加微", "信吧", "，谢谢")
    assert out == ["您好，", "", "", ""]
    assert stream.stopped is Level.BLOCK


def test_a_hand_over_word_stops_the_stream_too():
    out, stream = read("我想死", "。")
    assert "".join(out) == "我"
    assert stream.stopped is Level.HAND_OVER


def test_an_allowed_phrase_may_still_save_a_word_at_the_border():
    out, stream = read("我想死", "你", "了")
    assert "".join(out) == "我想死你了"
    assert stream.stopped is None


def test_zero_width_characters_across_pieces_hide_nothing():
    assert "".join(read("d\u200b", "\u200ba", "m\u0301", "n")[0]) == "*" * 7


def test_what_is_held_back_is_bounded():
    stream = MATCHER.open_stream(Direction.BOT)
    for piece in ("d" + "\u200b" * 5000, "a" * 5000, "d" * 5000):
        stream.feed(piece)
        assert stream.held_back <= MAX_SPAN


def test_ordinary_text_is_held_back_by_less_than_two_characters():
    text = "Your parcel arrives within two days. You can return it. 亲，请在订单页面申请退货，我们会加急处理。" * 5
    stream = MATCHER.open_stream(Direction.BOT)
    held = []
    for char in text:
        stream.feed(char)
        held.append(stream.held_back)
    assert sum(held) / len(held) < 2
    assert max(held) <= 6
