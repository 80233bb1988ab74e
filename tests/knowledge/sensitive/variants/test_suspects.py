"""Listed words in disguises that no list has are guessed; ordinary text is not, and a guess never does more than warn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.contracts import Direction, Level
from knowledge.sensitive.evaluation.guessing import GUISES, found
from knowledge.sensitive.matcher import Matcher, build_matcher
from knowledge.sensitive.ordinary.texts import ordinary_texts
from knowledge.sensitive.rules import Rule, Rules
from knowledge.sensitive.starter import starter_allowed, starter_terms
from knowledge.sensitive.terms import Term


@pytest.fixture(scope="module")
def words() -> Matcher:
    return build_matcher([starter_terms()], starter_allowed())


def seen(words: Matcher, text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in words.suspect(text)]


GUESSED = [
    ("卖银的", "卖银"),
    ("你是shabi吗", "shabi"),
    ("ta shi sha bi", "sha bi"),
    ("她女马的", "她女马的"),
    ("亻夋逼客服", "亻夋逼"),
    ("滚犊孑", "滚犊孑"),
    ("去💀吧", "去💀吧"),
    ("混🥚", "混🥚"),
    ("貝者博網站", "貝者博網站"),
]
ORDINARY = [
    "我要买女子衣服和木目色的桌子",
    "今天日月潭有活动吗",
    "made in China, size 40",
    "Can I get a refund for the gift?",
    "狗狗零食和🐶粮一起发货吗？",
    "请问什么时候发货，快递到哪里了",
    "",
]


@pytest.mark.parametrize(("text", "word"), GUESSED)
def test_a_word_in_disguise_is_guessed_where_it_stands(words: Matcher, text: str, word: str) -> None:
    assert seen(words, text) == [word]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_left_in_peace(words: Matcher, text: str) -> None:
    assert seen(words, text) == []


def test_clean_texts_hardly_ever_look_like_a_disguise(words: Matcher) -> None:
    texts = ordinary_texts()[::7]
    assert sum(bool(words.suspect(text)) for text in texts) <= len(texts) / 500


@pytest.mark.parametrize("guise", GUISES)
def test_most_of_each_disguise_is_found(words: Matcher, guise: str) -> None:
    assert found(words, 60, seed=7)[guise] >= 0.8


def test_what_the_filter_finds_itself_is_no_guess(words: Matcher) -> None:
    assert words.check("傻逼", Direction.VISITOR).hits
    assert seen(words, "傻逼") == []


@pytest.mark.parametrize("level", [Level.MASK, Level.WARN_AGENT, Level.HAND_OVER, Level.BLOCK])
def test_a_guess_at_most_warns_and_rules_may_lower_it(level: Level) -> None:
    words = build_matcher([[Term("赌博网站", "gambling", level, "zh")]])
    assert [hit.level for hit in words.suspect("贝者博网站")] == [Level.WARN_AGENT]
    quiet = words.under(Rules(of_company=[Rule("gambling", Direction.VISITOR, Level.LOG_ONLY)]))
    assert [(hit.level, hit.why) for hit in quiet.suspect("贝者博网站")] == [(Level.LOG_ONLY, "company")]


@given(st.text(alphabet="你傻女马逼币 sha bi🐶💀。a1", max_size=40))
def test_guesses_lie_in_the_text_and_apart(words: Matcher, text: str) -> None:
    end = 0
    for hit in words.suspect(text):
        assert end <= hit.start < hit.end <= len(text)
        end = hit.end


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["沙", "sha", "女马", "🐶", "sha bi ", "a"])
def test_a_hostile_length_is_read_at_once(words: Matcher, piece: str) -> None:
    words.suspect(piece * 20_000)
