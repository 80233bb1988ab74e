"""What an answer claims must stand in the evidence, in whatever spelling; the first claim that does not ends it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference import facade
from inference.contracts import Claim
from inference.grounding.stream import Grounding
from inference.grounding.support import Support


def read(text: str, evidence: list[str], said: tuple[str, ...] = (), pieces: tuple[str, ...] = ()) -> tuple[str, Claim | None]:
    stream = facade.open_grounding(evidence, said, "zh")
    shown = "".join(stream.feed(piece) for piece in pieces or (text,)) + stream.flush()
    return shown, stream.unsupported


# kind, evidence, an answer that it supports, one that it does not
ROWS: list[tuple[str, str, str, str]] = [
    ("number", "You have 7 days for returns.", "You have seven days for returns.", "You have 8 days for returns."),
    ("number", "You have 7 days for returns.", "You have 7 days for returns.", "You have 7 hours for returns."),
    ("number", "You have 2 hours (or minutes) to cancel.", "You have 120 minutes to cancel.", "You have 2 minutes to cancel."),
    ("number", "Refunds take 5 working days.", "Refunds take five working days.", "Refunds take 5 days."),
    ("number", "The warehouse has 1,000 lamps.", "The warehouse has 1000 lamps.", "The warehouse has 1,001 lamps."),
    ("number", "Delivery takes 5 to 7 days.", "Delivery takes five to seven days.", "Delivery takes five to nine days."),
    ("number", "Points are worth 1.5% of orders.", "Points are worth 1.50 % of orders.", "Points are worth 15% of orders."),
    ("number", "一个订单最多五个地址。", "一个订单最多 5 个地址。", "一个订单最多六个地址。"),
    ("number", "退款需要 5 个工作日。", "退款需要五个工作日。", "退款需要五天。"),
    ("number", "取消订单要在两小时内。", "取消订单要在 120 分钟内。", "取消订单要在两天内。"),
    ("number", "仓库里有一千二百盏灯。", "仓库里有 1,200 盏灯。", "仓库里有 1,020 盏灯。"),
    ("number", "最多退回价格的 20%。", "最多退回价格的百分之二十。", "最多退回价格的百分之二。"),
    ("number", "清仓商品打八折。", "清仓商品打 8 折。", "清仓商品打 7 折。"),
    ("date", "The sale ends on May 3, 2026.", "The sale ends on 3 May 2026.", "The sale ends on May 4, 2026."),
    ("date", "The sale ends on 2026-05-03.", "The sale ends on May 3.", "The sale ends on June 3."),
    ("date", "Staff answer until 18:00.", "Staff answer until 6 pm.", "Staff answer until 7 pm."),
    ("date", "The shop rests on Sunday.", "The shop rests on Sundays.", "The shop rests on Monday."),
    ("date", "活动在2026年5月3日结束。", "活动在 5 月 3 日结束。", "活动在5月4日结束。"),
    ("date", "活动在2026-05-03结束。", "活动在二〇二六年五月三日结束。", "活动在2025年5月3日结束。"),
    ("date", "客服下午六点下班。", "客服 18:00 下班。", "客服 19:00 下班。"),
    ("date", "仓库周日休息。", "仓库星期天休息。", "仓库周六休息。"),
    ("money", "Standard delivery costs ¥10.", "Standard delivery costs RMB 10.", "Standard delivery costs $10."),
    ("money", "Gift cards cost ¥1,200.50.", "Gift cards cost ¥1200.5.", "Gift cards cost ¥1,250.50."),
    ("money", "标准运费是 ¥10。", "标准运费是十元。", "标准运费是 10 美元。"),
    ("money", "礼品卡最高 1.5 万元。", "礼品卡最高 15000 元。", "礼品卡最高 1500 元。"),
    ("url", "Returns start at https://shop.example.com/returns today.", "Returns start at shop.example.com/returns today.",
     "Returns start at https://shop.example.com/refunds today."),
    ("url", "退货请打开 https://shop.example.com/returns 。", "退货请打开 shop.example.com 。", "退货请打开 https://evil.example.com 。"),
    ("email", "Write to help@mutang.example please.", "Write to help@mutang.example please.", "Write to sales@mutang.example please."),
    ("email", "请写信到 help@mutang.example 。", "请写信到 help@mutang.example 。", "请写信到 kefu@mutang.example 。"),
    ("phone", "Call staff at 400-820-8820 anytime.", "Call staff at 400 820 8820 anytime.", "Call staff at 400-820-8821 anytime."),
    ("phone", "客服电话 400-820-8820。", "客服电话 400 820 8820。", "客服电话 400-820-8821。"),
    ("identifier", "The bottle is model MT-302 indeed.", "The bottle is model MT302 indeed.", "The bottle is model MT-303 indeed."),
    ("identifier", "保温瓶的型号是 MT-302。", "保温瓶的型号是 mt302。", "保温瓶的型号是 MT-303。"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "evidence", "supported", "unsupported"), ROWS)
def test_a_claim_passes_in_any_spelling_of_the_evidence(kind: str, evidence: str, supported: str, unsupported: str) -> None:
    assert read(supported, [evidence]) == (supported, None)


@pytest.mark.parametrize(("kind", "evidence", "supported", "unsupported"), ROWS)
def test_a_claim_that_the_evidence_does_not_have_ends_the_answer_before_it(kind: str, evidence: str, supported: str, unsupported: str) -> None:
    alone = Grounding(Support([evidence], []))
    assert alone.feed(unsupported) + alone.flush() == unsupported[: alone.unsupported.start if alone.unsupported else None]
    assert alone.unsupported is not None
    assert (alone.unsupported.kind, alone.unsupported.text) == (kind, unsupported[alone.unsupported.start : alone.unsupported.end])
    shown, claim = read(unsupported, [evidence])
    assert claim is not None
    assert claim.text == unsupported[claim.start : claim.end]
    assert len(shown) <= alone.unsupported.start


def test_a_number_that_the_visitor_said_may_be_said_back() -> None:
    evidence = ["Orders ship on time."]
    assert read("Orders A1001 ship on time.", evidence, ("Where is A1001?",)) == ("Orders A1001 ship on time.", None)


def test_a_measure_that_the_visitor_said_does_not_overrule_the_evidence() -> None:
    shown, claim = read("You have 90 days for returns.", ["You have 7 days for returns."], ("Do I have 90 days?",))
    assert (shown, claim and claim.text) == ("You have ", "90 days")


@pytest.mark.parametrize("text", ["一次性退回第三方平台。", "万一退回平台。"])
def test_numbers_that_count_nothing_are_no_claims(text: str) -> None:
    stream = Grounding(Support([], []))
    assert (stream.feed(text) + stream.flush(), stream.unsupported) == (text, None)


@pytest.mark.parametrize(
    ("evidence", "answer"),
    [
        ("Seniors over 65 years of age get 10% off.", "Those over 65 years old get 10% off."),
        ("Anyone over 65 gets 10% off.", "A visitor of 65 years old gets 10% off."),
        ("Children of 5 to 16 years old get 50% off.", "Kids ages 5-16 get 50% off."),
    ],
)
def test_years_of_age_may_be_said_in_other_words(evidence: str, answer: str) -> None:
    alone = Grounding(Support([evidence], []))
    assert (alone.feed(answer) + alone.flush(), alone.unsupported) == (answer, None)


def test_a_lists_own_numbers_are_no_claims() -> None:
    text = "1. 打开订单\n2. 申请退货\n"
    stream = Grounding(Support([], []))
    assert (stream.feed(text) + stream.flush(), stream.unsupported) == (text, None)


EVIDENCE = [row[1] for row in ROWS[::5]]
ANSWERS = [answer for row in ROWS[::5] for answer in row[2:]]


@settings(deadline=None)
@given(st.data())
def test_any_cut_of_the_stream_ends_alike(data: Any) -> None:
    text = " ".join(data.draw(st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=3)))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pieces = tuple(text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True))
    assert read(text, EVIDENCE, pieces=pieces) == read(text, EVIDENCE)


@settings(deadline=None)
@given(st.lists(st.sampled_from([*ANSWERS, "，", "not ", "不", "five ", "7 天", "\n", "."]), max_size=6).map("".join))
def test_what_is_shown_is_a_beginning_and_nothing_follows_a_stop(text: str) -> None:
    stream = facade.open_grounding(EVIDENCE, [], "en")
    shown = "".join(stream.feed(character) for character in text) + stream.flush()
    assert text.startswith(shown)
    assert stream.unsupported is not None or shown == text
    if stream.unsupported:
        assert stream.feed(EVIDENCE[0]) + stream.flush() == ""
