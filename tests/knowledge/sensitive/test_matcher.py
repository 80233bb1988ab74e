"""Whole texts: the fast matcher against its slow twin, and the evasions one by one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from knowledge.contracts import Direction, Level
from knowledge.sensitive.matcher import build_matcher
from knowledge.sensitive.reference import find_slowly
from knowledge.sensitive.scanner import MAX_RUN, Scanner
from knowledge.sensitive.terms import Term
from knowledge.sensitive.verdicts import standing_hits
from tests.knowledge.sensitive.texts import planted, written_apart

ENGLISH = ("damn", "ass", "asshole", "fuck", "hell", "penis", "shit", "son of a bitch", "cocktease")
CHINESE = ("傻逼", "加微信", "加vx", "转账给我", "干你娘")
MATCHER = build_matcher(
    [[Term(text, "abuse", Level.MASK, "en") for text in ENGLISH] + [Term(text, "fraud", Level.BLOCK, "zh") for text in CHINESE]],
    allowed=["he'll"],
)

NUMBERS = build_matcher([[Term("三级片", "sexual", Level.MASK, "zh")]])


def hits(text):
    return [text[hit.start : hit.end] for hit in MATCHER.check(text, Direction.VISITOR).hits]


@settings(max_examples=400, deadline=None)
@given(planted())
def test_it_finds_what_its_slow_twin_finds(case):
    listed, allowed, text = case
    matcher = build_matcher([listed], allowed)
    assert list(matcher.check(text, Direction.VISITOR).hits) == find_slowly(text, matcher.words)


@settings(max_examples=400, deadline=None)
@given(written_apart())
def test_words_written_apart_are_read_as_its_slow_twin_reads_them(case):
    listed, text = case
    matcher = build_matcher([listed])
    assert matcher.find(text) == find_slowly(text, matcher.words)


@settings(max_examples=400, deadline=None)
@given(planted())
def test_it_finds_what_reading_every_character_finds(case):
    listed, allowed, text = case
    matcher = build_matcher([listed], allowed)
    scanner = Scanner(matcher.words)
    scanner.feed(text)
    scanner.finish()
    assert matcher.find(text) == standing_hits(scanner.found, scanner.spared)


@pytest.mark.parametrize(
    "text",
    [
        "DAMN", "ｄａｍｎ", "d\u200ba\u2060mn", "d\ufe0famn", "da\U000e0061mn", "\u202edamn", "dámn", "ḍ̴a̷mn", "dаmn", "ɗαмn",
        "ⓓⓐⓜⓝ", "🅳🅰🅼🅽", "𝐝𝐚𝐦𝐧", "𝓭𝓪𝓶𝓷", "🇩🇦🇲🇳", "d4mn", "d@mn", "d a m n", "d.a.m.n", "d-a*m~n", "daaaamn", "dammmnnn", "damned", "d👍a👍m👍n",
    ],
)  # fmt: skip
def test_it_sees_through_a_disguised_latin_word(text):
    assert hits(f"well {text} it")


@pytest.mark.parametrize(
    "text",
    ["傻\u200b逼", "傻 逼", "傻*逼", "傻👍逼", "傻🏻逼", "傻傻傻逼", "加 微 信", "加Ｖx", "加V.x",
     "轉賬給我", "幹你娘"],
)  # fmt: skip
def test_it_sees_through_a_disguised_chinese_word(text):
    assert hits(f"你{text}吧")


@pytest.mark.parametrize(
    "text",
    ["class", "Scunthorpe", "assess the pass", "hello shell", "the pen is blue", "he'll come", "push it", "good", "A5S", "ASS123A",
     "傻。逼", "傻\n逼", "加一点微信支付", "cock, teapot", "a hole", "SH1", "document"],
)  # fmt: skip
def test_it_lets_ordinary_words_pass(text):
    assert not hits(text)


@pytest.mark.parametrize("text", ["三级片", "3级片", "叁級片", "③级片", "㈢级片", "Ⅲ级片", "3️⃣级片"])
def test_it_reads_every_style_of_numbers(text):
    assert [hit.term for hit in NUMBERS.check(f"看{text}吧", Direction.VISITOR).hits] == ["三级片"]


@pytest.mark.parametrize("text", ["f uck", "fuc k", "fu c k", "f u c k", "s hit", "cockteas e", "cockte. a s e", "pen 15 is"])
def test_a_space_cuts_off_the_first_letter_or_one_of_the_last_two(text):
    parted = build_matcher([[Term(word, language="en") for word in ENGLISH], [Term("pen15is", language="en")]])
    assert bool(parted.find(f"you {text} now")) is (text != "cockte. a s e")


def test_where_one_word_may_be_cut_another_is_not():
    listed = build_matcher([[Term("fuck", language="en"), Term("fuction", language="en")]])
    assert [hit.term for hit in listed.find("fu c k")] == ["fuck"]
    assert not listed.find("fu c tion")
    assert not find_slowly("fu c tion", listed.words)


def test_a_chinese_numeral_is_no_leet_letter():
    assert not hits("a一hole, d四mn")


@pytest.mark.parametrize("text", ["shiit", "ffuck", "fuckk", "assholee", "4ssh0l3", "5h1t", "a55h0l3"])
def test_long_latin_words_are_found_doubled_and_in_dense_leet(text):
    assert hits(f"well {text} it")


@pytest.mark.parametrize("filler", ["all is well\n", "all is well, ", "谢谢，天天好\n"])
def test_disguises_are_found_in_long_texts_too(filler):
    words = ["d4mn", "fuuck", "shhhit", "傻*逼", "a55hole", "@sshole", "penis"]
    text = "".join(filler * 40 + f"({word})\n" for word in words)
    assert hits(text) == words


@pytest.mark.parametrize("text", ["assess", "asses", "SH1", "4 5 5 h 0 l 3"])
def test_inflected_short_words_are_not_doubled_and_digits_between_gaps_are_numbers(text):
    assert [text[hit.start : hit.end] for hit in MATCHER.check(text, Direction.VISITOR).hits] == [text][: text == "asses"]


def test_an_address_is_found_with_all_its_dots():
    address = "haoma.qq.com.baidu.com.qq.qq.com.qq.q.q.qq.qqhao.cn"
    matcher = build_matcher([[Term(address)]])
    assert matcher.check(f"see {address}!", Direction.VISITOR).text == f"see {'*' * len(address)}!"


def test_a_repeated_chinese_numeral_is_a_stretched_word_and_a_number_is_not():
    matcher = build_matcher([[Term("王八蛋", language="zh")]])
    assert matcher.find("王八八八蛋")
    assert not matcher.find("王8888蛋")


@pytest.mark.parametrize("count", [3, MAX_RUN, MAX_RUN + 1, 100])
def test_a_run_inside_a_chinese_word_is_found_however_long(count):
    matcher = build_matcher([[Term("加微信", language="zh")]])
    assert [(hit.start, hit.end) for hit in matcher.find(f"加{'微' * count}信")] == [(0, count + 2)]


@pytest.mark.parametrize("count", [1, 3, MAX_RUN, MAX_RUN + 1, MAX_RUN + 4])
def test_a_run_of_one_chinese_character_is_read_so_far_and_no_further(count):
    """Each character of it begins the word again: a page of them would take seconds, and one visitor could send it every two."""
    matcher = build_matcher([[Term("滚蛋", language="zh")]])
    text = "滚" * count + "蛋"
    assert matcher.check(text, Direction.VISITOR).hits[0].start == max(0, count - MAX_RUN)
    assert matcher.find(text) == find_slowly(text, matcher.words)


def test_a_hit_names_the_raw_span():
    verdict = MATCHER.check("oh d\u200ba m n!", Direction.VISITOR)
    assert verdict.text == "oh *******!"
    assert [(hit.start, hit.end, hit.term, hit.level) for hit in verdict.hits] == [(3, 10, "damn", Level.MASK)]


def test_the_strongest_hit_gives_the_level():
    assert MATCHER.check("damn, 加微信", Direction.VISITOR).level is Level.BLOCK


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("level", [Level.LOG_ONLY, Level.WARN_AGENT])
def test_a_warning_changes_no_text(level, direction):
    warned = build_matcher([[Term("refund", "watch", level, "en")]])
    assert warned.check("a refund", direction).text == "a refund"


def test_whoever_gets_a_visitor_handed_over_can_read_them():
    cared = build_matcher([[Term("refund", "watch", Level.HAND_OVER, "en")]])
    assert cared.check("a refund", Direction.VISITOR).text == "a refund"
    assert cared.check("a refund", Direction.BOT).text == "a ******"


@pytest.mark.parametrize("unit", [".", " ", "a", "傻", "@", "1", "fuc", "傻 ", "d\u200b", "d.a.m."])
def test_it_reads_a_megabyte_of_one_thing_and_what_stands_behind_it(unit):
    text = unit * (1_000_000 // len(unit.encode())) + "\ndamn"
    assert [text[hit.start : hit.end] for hit in MATCHER.check(text, Direction.VISITOR).hits] == ["damn"]


@pytest.mark.parametrize("sign", "a1@.")
def test_a_long_run_hides_neither_what_stands_before_nor_behind_it(sign):
    text = f"a damn {sign * 5000} damn"
    assert [hit.start for hit in MATCHER.check(text, Direction.VISITOR).hits] == [2, len(text) - 4]
