"""Other sides and other things ask something else; the same in other words does not."""

from __future__ import annotations

import pytest

from tests.knowledge.faq.guards.pairs import guard_of, judged

SIDES = [
    ("退货运费由买家出吗", "退货运费由卖家出吗"),
    ("收款有限额吗", "付款有限额吗"),
    ("收件人电话写错了", "寄件人电话写错了"),
    ("怎么从银行卡转到零钱", "怎么从零钱转到银行卡"),
    ("我给对方转错账了", "对方给我转错账了"),
    ("别人怎么给我打钱", "我怎么给别人打钱"),
    ("房东要交什么费用", "租客要交什么费用"),
    ("家人能代收吗", "我能代收吗"),
    ("What does the buyer pay for the return?", "What does the seller pay for the return?"),
    ("Who tells the sender?", "Who tells the recipient?"),
    ("How do I transfer money from my card to my wallet?", "How do I transfer money from my wallet to my card?"),
    ("convert points to miles", "convert miles to points"),
    ("Can the tenant end the contract?", "Can the landlord end the contract?"),
    ("change my password", "change their password"),
    ("Does the driver see the address?", "Does the passenger see the address?"),
]
THINGS = [
    ("寄到日本要多少钱", "寄到韩国要多少钱"),
    ("寄到澳门要多少钱", "寄到香港要多少钱"),
    ("音箱保修多久", "水壶保修多久"),
    ("可以用支付宝付款吗", "可以用微信付款吗"),
    ("花呗逾期有什么影响", "借呗逾期有什么影响"),
    ("护照怎么上传", "身份证怎么上传"),
    ("顺丰能送到村里吗", "圆通能送到村里吗"),
    ("How long is the warranty on the blanket?", "How long is the warranty on the kettle?"),
    ("blanket warranty", "lamp warranty"),
    ("Do you ship to Canada?", "Do you ship to Mexico?"),
    ("Can I pay with PayPal?", "Can I pay with Visa?"),
    ("How do I import contacts from Gmail?", "How do I import contacts from Outlook?"),
    ("When is the chair back in stock?", "When is the sofa back in stock?"),
    ("Do you ship with FedEx?", "Do you ship with DHL?"),
    ("Does the app run on iPhone?", "does the app run on android"),
]
SAME = [
    ("退货运费由买家出吗", "买家要出退货运费吗"),
    ("怎么把设备共享给老婆", "把设备共享给老婆怎么弄"),
    ("怎么从银行卡转到零钱", "银行卡的钱怎么转到零钱"),
    ("Can you change my order?", "can i change my order"),
    ("How do I transfer money from my card to my wallet?", "from my card to my wallet, how do i transfer money"),
    ("寄到香港要多少钱", "寄到香港多少运费"),
    ("水壶保修多久", "电热水壶保修多久"),
    ("付款方式有哪些", "支付方式有哪些"),
    ("账号怎么注册", "账户如何注册"),
    ("Do you ship to the UK?", "do you deliver to britain"),
    ("How long is the warranty on the lamp?", "how long is the guarantee on the desk lamp"),
    ("cancel my order", "cancel my purchase"),
    ("Can I pay with a cheque?", "can i pay with a check"),
    ("where is my parcel", "where is my package"),
    ("lamp warranty", "lamp warrenty"),
]


@pytest.mark.parametrize(("phrasing", "question"), SIDES)
def test_the_other_side_asks_something_else(phrasing: str, question: str) -> None:
    assert guard_of(phrasing, question) == "role"


@pytest.mark.parametrize(("phrasing", "question"), THINGS)
def test_another_thing_is_another_question(phrasing: str, question: str) -> None:
    assert guard_of(phrasing, question) == "entity"


@pytest.mark.parametrize(("phrasing", "question"), SAME)
def test_the_same_side_and_thing_in_other_words_are_answered(phrasing: str, question: str) -> None:
    assert guard_of(phrasing, question) == ""


def test_a_thing_that_the_faq_speaks_of_is_answered() -> None:
    assert guard_of("Can I pay with PayPal?", "Can I pay with Visa?", answer="With PayPal, Visa and by invoice.") == ""
    assert guard_of("寄到日本要多少钱", "寄到韩国要多少钱", "韩国运费") == ""


def test_what_phrasings_of_one_faq_exchange_makes_no_difference() -> None:
    assert guard_of("What is the height of the tent?", "What is the stock of the tent?", "What is the weight of the tent?") == ""


def test_the_words_that_differ_are_told() -> None:
    veto = judged("blanket warranty", "kettle warranty")
    assert veto
    assert (veto.asked, veto.theirs) == ("kettle", "blanket")
