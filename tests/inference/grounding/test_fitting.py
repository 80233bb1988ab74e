"""A clause says what the evidence says: its "not" stays where it was, and a number keeps the words that it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from inference import facade
from inference.contracts import Claim
from inference.grounding.fitting import Fit

ARTICLES = sorted(Path("csbot/demo/data/articles").glob("*.md"))
BREAK = re.compile(r"(?<=[，；：])|(?<=[,;:])\s")


def read(text: str, evidence: list[str]) -> tuple[str, Claim | None]:
    stream = facade.open_grounding(evidence, [], "zh")
    return stream.feed(text) + stream.flush(), stream.unsupported


DENIED = "清仓商品不能退货，只能换货。"
DENIED_EN = "Clearance goods cannot be returned, but they can be exchanged."
TURNED = [
    (DENIED, "清仓商品能退货。"),
    (DENIED, "清仓商品可以退货，只能换货。"),
    (DENIED, "清仓商品不能退货，不能换货。"),
    ("清仓商品可以退货。", "清仓商品不可以退货。"),
    ("用过的杯子一律不退。", "用过的杯子一律退。"),
    ("保温瓶请勿放进洗碗机。", "保温瓶请放进洗碗机。"),
    ("已经寄出的订单取消不了。", "已经寄出的订单取消。"),
    ("未拆封的耳机可以退货。", "拆封的耳机可以退货。"),
    (DENIED_EN, "Clearance goods can be returned."),
    (DENIED_EN, "Clearance goods cannot be returned, but they cannot be exchanged."),
    ("Clearance goods can be returned.", "Clearance goods cannot be returned."),
    ("Gift cards don't expire after a year.", "Gift cards expire after a year."),
    ("Do not wash the bottle in the dishwasher.", "Wash the bottle in the dishwasher."),
    ("Coupons never apply to clearance goods.", "Coupons apply to clearance goods."),
    ("Parcels are returned without a fee.", "Parcels are returned with a fee."),
    ("No returns for clearance goods.", "Returns for clearance goods."),
]


@pytest.mark.parametrize(("evidence", "answer"), TURNED)
def test_an_answer_that_turns_the_evidence_round_is_stopped(evidence: str, answer: str) -> None:
    shown, claim = read(answer, [evidence])
    assert claim is not None
    assert claim.kind == "negation"
    assert evidence.startswith(shown)


SAVE = "Silver members save 3%, gold members 6%."
SAVE_ON = "Members save 3% on silver and 6% on gold."
SAVE_ZH = "银卡会员省3%，金卡会员省6%。"
ARRIVE = "Standard delivery takes 3 days. Express arrives in 1 day."
SWAPPED = [
    (SAVE, "Gold members save 3%."),
    (SAVE, "Silver members save 6%."),
    (SAVE_ON, "Members save 3% on gold."),
    (SAVE_ON, "Members save 6% on silver."),
    (SAVE_ZH, "金卡会员省3%。"),
    ("银卡会员，购物省3%；金卡会员，购物省6%。", "银卡会员，购物省6%。"),
    (ARRIVE, "Standard delivery takes 1 day."),
    (ARRIVE, "Express takes 3 days."),
    ("退到手机钱包要 2 个工作日，银行卡要 5 个工作日。", "退到银行卡要 2 个工作日。"),
    ("Sales opens at 9:00, support opens at 10:00.", "Support opens at 9:00."),
]


@pytest.mark.parametrize(("evidence", "answer"), SWAPPED)
def test_a_number_of_something_else_is_stopped(evidence: str, answer: str) -> None:
    shown, claim = read(answer, [evidence])
    assert claim is not None
    assert claim.kind in ("number", "date", "misplaced", "sentence")
    assert not shown.rstrip().endswith((".", "。", "%"))


TRUE = [
    (DENIED, "清仓商品不能退货。"),
    (DENIED, "只能换货。"),
    (DENIED_EN, "They can be exchanged."),
    (SAVE, "Gold members save 6%."),
    (SAVE, "Silver members save 3%."),
    (SAVE_ON, "Members save 6% on gold."),
    (SAVE_ZH, "金卡会员省6%，银卡会员省3%。"),
    (ARRIVE, "Express takes 1 day."),
    (ARRIVE, "Standard delivery takes 3 days, express 1 day."),
    ("If the goods are not damaged you can return them.", "You can return them."),
    ("运费不仅便宜，而且稳定。", "运费便宜。"),
]


@pytest.mark.parametrize(("evidence", "answer"), TRUE)
def test_what_says_the_same_in_other_words_passes(evidence: str, answer: str) -> None:
    assert read(answer, [evidence]) == (answer, None)


def sentences(article: Path) -> list[str]:
    lines = [line for line in article.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [part.strip() for line in lines for part in re.split(r"(?<=[。！？])|(?<=[.!?])\s", line) if part.strip()]


def cut_at_clauses(sentence: str) -> Iterator[str]:
    yield sentence
    for border in BREAK.finditer(sentence):
        yield sentence[: border.start()]
        yield sentence[border.end() :]


@pytest.mark.thorough
@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.name)
def test_every_sentence_of_the_shops_articles_passes_whole_and_cut(article: Path) -> None:
    """The measure against false refusals: nothing that a shop says itself may be held back."""
    whole = sentences(article)
    assert whole
    for place, sentence in enumerate(whole):
        evidence = [sentence, *whole[max(0, place - 1) : place], *whole[place + 1 : place + 2]]
        for answer in cut_at_clauses(sentence):
            assert read(answer, evidence) == (answer, None)


def test_a_copy_comes_at_word_ends_and_a_departure_waits_for_its_sentence() -> None:
    stream = facade.open_grounding([DENIED_EN], [], "en")
    shown = [stream.feed(word) for word in ("Clearance ", "goods ", "cannot ", "be ", "exchanged.")]
    assert "".join(shown[:-1]) in ("Clearance goods cannot be ", "Clearance goods cannot ")


def test_of_a_clause_whose_not_comes_late_nothing_is_seen_before_it() -> None:
    stream = facade.open_grounding(["Coupons apply to clearance goods never, sadly."], [], "en")
    assert stream.feed("Coupons apply to clearance goods ") == ""


def test_of_a_word_that_may_turn_nothing_is_seen() -> None:
    stream = facade.open_grounding(["Clearance goods can be returned."], [], "en")
    assert stream.feed("Clearance goods cannot be returned.") + stream.flush() == "Clearance goods "


@pytest.mark.parametrize(
    ("evidence", "answer"),
    [
        ("Wifi is available free of charge.", "There is no charge for wifi."),
        ("You are able to cancel for free up to 24 hours in advance.", "You may cancel up to 24 hours in advance."),
        ("Golden Wok: There is no wifi at the Golden Wok.", "Wifi is not available at the Golden Wok."),
        ("Live music is not being offered at this time.", "At this time, there is no live music."),
        ("Plants lack phagocytic cells.", "phagocytic cells"),
        ("Parking costs no more than 5 pounds.", "Parking costs 5 pounds at most."),
        ("这家酒店提供停车。", "这家酒店不错，提供停车。"),
        ("停车免费。", "停车不收费。"),
    ],
)
def test_words_that_only_look_like_a_denial_turn_nothing(evidence: str, answer: str) -> None:
    assert Fit([evidence]).of(answer)[:2] == (0.0, 0.0)
