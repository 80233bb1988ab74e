"""Opposites and noes: what turns a question round, and what only sounds like it."""

from __future__ import annotations

import pytest

from knowledge.faq.guards.negation import affirmed
from tests.knowledge.faq.guards.pairs import guard_of

TURNED = [
    ("签收后可以退货吗", "签收后不可以退货吗"),
    ("能用优惠券吗", "不能用优惠券吗"),
    ("支持货到付款吗", "不支持货到付款吗"),
    ("为什么订单没有发货", "为什么订单发货了"),
    ("无法绑定信用卡", "可以绑定信用卡"),
    ("还款成功了怎么还有提醒", "还款失败了怎么还有提醒"),
    ("怎么开通自动续费", "怎么关闭自动续费"),
    ("怎么绑定手机号", "怎么解绑手机号"),
    ("如何取消会员订阅", "如何恢复会员订阅"),
    ("打开消息提醒", "关掉消息提醒"),
    ("怎么提高信用额度", "怎么降低信用额度"),
    ("登录账号要验证码吗", "登出账号要验证码吗"),
    ("登录要验证码吗手机丢了", "退出登录要验证码吗手机丢了"),
    ("充值多久到账", "提现多久到账"),
    ("收入明细在哪看", "支出明细在哪看"),
    ("商品什么时候上架", "商品什么时候下架"),
    ("可以提前收货吗", "可以延期收货吗"),
    ("怎么借款", "怎么还款"),
    ("发货前能改地址吗", "发货后能改地址吗"),
    ("最低消费是多少", "最高消费是多少"),
    ("注册要身份证吗", "注销要身份证吗"),
    ("坏了可以换新的吗", "坏了可以换旧的吗"),
    ("开增值税发票要什么", "不开增值税发票要什么"),
    ("免费送货上门吗", "收费送货上门吗"),
    ("线上怎么预约", "线下怎么预约"),
    ("Can I return it after use?", "Can I not return it after use?"),
    ("Why was my card charged?", "Why wasn't my card charged?"),
    ("How do I enable notifications?", "How do I disable notifications?"),
    ("turn on dark mode", "turn off dark mode"),
    ("When do you open on Sunday?", "When do you close on Sunday?"),
    ("How do I increase my limit?", "How do I decrease my limit?"),
    ("Can I change it before delivery?", "Can I change it after delivery?"),
    ("How do I add a user?", "How do I remove a user?"),
    ("How can I subscribe to the newsletter?", "How can I unsubscribe from the newsletter?"),
    ("How do I deposit cash?", "How do I withdraw cash?"),
    ("lock my account", "unlock my account"),
    ("Can I check in early?", "Can I check in late?"),
    ("I received the wrong colour", "I sent the wrong colour"),
    ("pay with a receipt", "pay without a receipt"),
    ("How do I opt in to text messages?", "How do I opt out of text messages?"),
    ("My payment failed twice", "My payment succeeded twice"),
    ("How do I upload a file?", "How do I download a file?"),
    ("Where do I follow a channel?", "Where do I unfollow a channel?"),
    ("Is the app free?", "Is the app not free?"),
    ("What is the minimum order?", "What is the maximum order?"),
    ("I can't log in", "I can log in"),
    ("why is my parcel late", "why is my parcel early"),
    ("connect the speaker by bluetooth", "disconnect the speaker by bluetooth"),
    ("Can I use both codes?", "can’t I use both codes?"),
]
SAME = [
    ("能不能退货", "可以退货吗"),
    ("有没有优惠券", "有优惠券吗"),
    ("是不是正品", "是正品吗"),
    ("可不可以开发票", "能开发票不"),
    ("发货了没", "发货了没有"),
    ("支持7天无理由退货吗", "7天无理由退货支持吗"),
    ("为什么还款失败", "为什么还款不成功"),
    ("为什么不能付款", "为什么无法付款"),
    ("还不了款怎么办", "为什么一直还不了款"),
    ("未发货怎么退款", "没有发货怎么退款"),
    ("不好意思怎么退货", "怎么退货"),
    ("别人能帮我还吗", "别人可以帮我还吗"),
    ("特别大的能寄吗", "特别大的可以寄吗"),
    ("怎么关掉自动续费", "怎么关闭自动续费"),
    ("打开定位", "开启定位"),
    ("Can I return it?", "can i return it or not"),
    ("I cannot log in", "I can't log in"),
    ("Why was my payment declined?", "why was my payment rejected"),
    ("How do I delete my account?", "I don't know how to delete my account"),
    ("Do not send me emails", "don't send me e-mails"),
    ("The app does not open", "the app won't open"),
    ("Is it lost?", "it is lost, isn't it?"),
    ("Can I pay by card?", "no problem, can i pay by card?"),
    ("turn off renewal", "switch off renewal"),
]


@pytest.mark.parametrize(("phrasing", "question"), TURNED)
def test_the_opposite_is_no_answer(phrasing: str, question: str) -> None:
    assert guard_of(phrasing, question) == "polarity"


@pytest.mark.parametrize(("phrasing", "question"), [(question, phrasing) for phrasing, question in TURNED])
def test_nor_is_it_the_other_way_round(phrasing: str, question: str) -> None:
    assert guard_of(phrasing, question) == "polarity"


@pytest.mark.parametrize(("phrasing", "question"), SAME)
def test_the_same_in_other_words_is_answered(phrasing: str, question: str) -> None:
    assert guard_of(phrasing, question) == ""


def test_a_faq_that_is_asked_both_ways_is_answered_both_ways() -> None:
    assert guard_of("How do I pay my bill?", "I can't pay my bills", "I can't pay my bill") == ""
    assert guard_of("怎么还款", "我还不了款", "还不了款") == ""


def test_far_words_are_no_matter_of_opposites() -> None:
    assert guard_of("How do I enable two-step login on a new phone?", "I can't get the code") == ""


@pytest.mark.parametrize(
    ("text", "noes"),
    [("能不能退", 0), ("不能退", 1), ("不能不退", 2), ("没有收到", 1), ("无线耳机", 0), ("i can't", 1), ("not without", 2), ("or not", 0)],
)
def test_noes_are_counted(text: str, noes: int) -> None:
    assert len(affirmed(text).noes) == noes
