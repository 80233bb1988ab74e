"""The learned score: what repeats or rephrases the evidence passes, what is made up is not seen; in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.contracts import Language
from inference.facade import open_grounding
from inference.grounding.scoring import SHIPPED, BrokenModel, scorers_read, shipped
from inference.grounding.sentences import SentenceStream, sentences_of, support_of
from inference.grounding.signs import SIGNS, Known, signs_of

EVIDENCE = [
    "The oak board is oiled once a month. Members save 3% on silver and 6% on gold.",
    "保温瓶不能进洗碗机，请手洗。容量为500毫升，保修期为2年。",
]
ASKED: dict[Language, str] = {"en": "How do I care for the oak board?", "zh": "保温瓶怎么清洗？"}
PARTS = ["The oak board ", "is oiled ", "once a month", "保温瓶", "不能进", "洗碗机", "student ", ". ", "。", "，", "30 ", "\n", "Yes. ", "是的。"]


def shown(text: str, size: int = 1000) -> tuple[str, bool]:
    stream = SentenceStream(EVIDENCE, [ASKED["en"]], shipped())
    parts = [text[start : start + size] for start in range(0, len(text), size)]
    return "".join(stream.feed(part) for part in parts) + stream.flush(), stream.unsupported is not None


def score(text: str, lang: Language) -> float:
    return shipped().sentence(signs_of(text, Known(EVIDENCE, ASKED[lang])))


@pytest.mark.parametrize(
    "text", ["The oak board is oiled once a month.", "You oil the oak board once a month.", "保温瓶不能进洗碗机，请手洗。", "保温瓶请手洗。"]
)
def test_what_the_evidence_says_passes(text: str) -> None:
    assert shown(text) == (text, False)


MADE_UP = [
    "I really love travelling to Spain in summer with my two brothers.",
    "The oak board is oiled once a month. I really love travelling to Spain in summer with my two brothers.",
    "我最喜欢的歌手明年要来上海开演唱会。",
    "保温瓶不能进洗碗机，请手洗。店长推荐搭配进口咖啡豆一起购买。",
]


@pytest.mark.parametrize("text", MADE_UP)
def test_what_is_made_up_is_not_seen(text: str) -> None:
    seen, is_stopped = shown(text)
    assert is_stopped
    assert seen == "".join([*sentences_of(text)][:-1])


RANKED: list[tuple[Language, str, str]] = [
    ("en", "The oak board is oiled once a month.", "The oak board is oiled once a decade by elves."),
    ("zh", "保温瓶不能进洗碗机。", "保温瓶可以送去维修店免费抛光。"),
    ("zh", "容量为500毫升。", "保修期为500年。"),
]


@pytest.mark.parametrize(("lang", "better", "worse"), RANKED)
def test_the_score_falls_with_what_is_added_or_swapped(lang: Language, better: str, worse: str) -> None:
    assert score(better, lang) > score(worse, lang)


def test_no_sign_speaks_against_its_direction() -> None:
    """A thousand drawn points; each sign moved up alone."""
    scorer = shipped().sentence
    for number in range(60):
        base = [((number * 37 + place * 17) % 100) / 100 for place in range(len(SIGNS))]
        for place, way in enumerate(SIGNS.values()):
            moved = [*base[:place], base[place] + 0.3, *base[place + 1 :]]
            assert not way or way * (scorer(moved) - scorer(base)) >= 0


@given(st.lists(st.sampled_from(PARTS), max_size=10), st.integers(1, 7))
def test_any_cut_of_the_stream_shows_the_same(parts: list[str], size: int) -> None:
    text = "".join(parts)
    assert shown(text, size) == shown(text)


@given(st.text(max_size=80))
def test_what_is_shown_is_a_beginning_of_the_text(text: str) -> None:
    seen, is_stopped = shown(text)
    assert text.startswith(seen)
    assert is_stopped or seen == text


def test_a_repeated_sentence_is_seen_while_it_is_made() -> None:
    stream = SentenceStream(EVIDENCE, [ASKED["en"]], shipped())
    assert stream.feed("The oak board is oiled ") == "The oak board is oiled "


@pytest.mark.parametrize(
    ("lang", "begun", "seen"),
    [
        ("en", "You oil the oak board once a month, so ", "You oil the oak board once a month, "),
        ("zh", "保温瓶请手洗，容", "保温瓶请手洗，"),
        ("en", "My brothers love Spain in summer, so ", ""),
        ("zh", "店长推荐搭配咖啡豆，", ""),
        ("en", "Yes, ", ""),
        ("en", "You oil 1,000 oak boards ", ""),
    ],
)
def test_a_clause_that_is_likely_by_itself_is_seen_before_its_sentence_ends(lang: Language, begun: str, seen: str) -> None:
    stream = SentenceStream(EVIDENCE, [ASKED[lang]], shipped())
    assert stream.feed(begun) == seen


def test_a_sentence_that_goes_wrong_after_its_first_clause_is_stopped_there() -> None:
    made_up = "and my two brothers love travelling to Spain in summer with their large dogs."
    assert shown(f"You oil the oak board once a month, {made_up}") == ("You oil the oak board once a month, ", True)


@pytest.mark.parametrize(
    ("evidence", "said", "is_shown"),
    [
        ("花1元积1分，100积分可以抵2元。", "积分换钱的公式是：积分 × 1元 × 1分 = 1元。", False),
        ("100 points are worth 2 yuan, so 500 points are worth 10 yuan.", "500 points = 10 yuan.", False),
        ("The tote measures 38x42 cm.", "The tote measures 38×42 cm.", True),
        ("Shipping weight = length × width × height / 5000.", "Shipping weight = length × width × height / 5000.", True),
    ],
)
def test_a_sum_that_nobody_gave_is_not_seen(evidence: str, said: str, is_shown: bool) -> None:
    check = open_grounding([evidence], ["How is it counted?"], "en")
    out = check.feed(said) + check.flush()
    assert (out == said, check.unsupported is None) == (is_shown, is_shown)


def test_an_answers_support_falls_with_what_is_made_up_in_it() -> None:
    known = Known(EVIDENCE, ASKED["en"])
    kept = "You oil the oak board once a month."
    added = f"{kept} My brothers love travelling to Spain in summer."
    other = "My brothers love travelling to Spain in summer."
    assert support_of(kept, known, shipped()) > support_of(added, known, shipped()) > support_of(other, known, shipped())
    assert support_of("Yes.", known, shipped()) == 1.0


def test_the_shipped_file_is_small_and_plain_numbers() -> None:
    assert SHIPPED.suffix == ".json"
    assert SHIPPED.stat().st_size <= 4_000_000


def test_a_file_for_other_signs_is_refused() -> None:
    with pytest.raises(BrokenModel, match="other signs"):
        scorers_read({"signs": ["covered"]})


@pytest.mark.parametrize(
    ("question", "said", "shown"),
    [
        ("Can I return the teapot?", "Can I return the teapot?", ""),
        ("Can I return the teapot?", "Can the teapot I return?", ""),
        ("茶壶可以退货吗？", "茶壶可以退货吗", ""),
        ("茶壶可以退货吗？", "茶壶可以退货吗。三十天内可以。", ""),
        ("Is delivery free?", "Delivery is free.", "Delivery is free."),
    ],
)
def test_a_question_that_comes_back_is_not_shown(question: str, said: str, shown: str) -> None:
    evidence = "Delivery is free. The teapot can be returned within 30 days. 茶壶三十天内可以退货。"
    stream = open_grounding([evidence], [question, "你好，想问个问题。"], "en")
    assert "".join(stream.feed(character) for character in said) + stream.flush() == shown
