"""Numbers, units, days and money: other ones ask something else, the same ones in other words do not."""

from __future__ import annotations

import pytest

from knowledge.faq.guards.quantities import Quantity, quantities
from tests.knowledge.faq.guards.pairs import guard_of

OTHERS = [
    ("7天内可以退货吗", "9天内可以退货吗", "number"),
    ("七天内可以退货吗", "八天内可以退货吗", "number"),
    ("7天内可以退货吗", "7小时内可以退货吗", "unit"),
    ("满300元包邮吗", "满200元包邮吗", "number"),
    ("满300元包邮吗", "满300美元包邮吗", "unit"),
    ("退款几天到账", "退款几小时到账", "unit"),
    ("会员费每月多少", "会员费每年多少", "unit"),
    ("可以分12期吗", "可以分24期吗", "number"),
    ("打九折怎么用", "打八折怎么用", "number"),
    ("第二件半价吗", "第三件半价吗", "number"),
    ("保修半年吗", "保修一年吗", "number"),
    ("周一上班吗", "周日上班吗", "number"),
    ("超过20公斤怎么寄", "超过30公斤怎么寄", "number"),
    ("包裹重20公斤能寄吗", "包裹重20克能寄吗", "unit"),
    ("Can I return it after 30 days?", "Can I return it after 60 days?", "number"),
    ("Can I return it after 30 days?", "Can I return it after 30 hours?", "unit"),
    ("Is delivery free above $50?", "Is delivery free above $20?", "number"),
    ("Is delivery free above $50?", "Is delivery free above €50?", "unit"),
    ("Can two people share an account?", "Can five people share an account?", "number"),
    ("how many days does it take", "how many weeks does it take", "unit"),
    ("Is the 10% code valid?", "Is the 15% code valid?", "number"),
    ("What does it cost per month?", "What does it cost per year?", "unit"),
    ("Are you open on Monday?", "Are you open on Saturday?", "number"),
    ("Can I park for half an hour?", "Can I park for three hours?", "number"),
    ("discount on my first order", "discount on my second order", "number"),
    ("Does the bag hold 20 litres?", "Does the bag hold 40 litres?", "number"),
]
SAME = [
    ("7天内可以退货吗", "七天内能退货吗"),
    ("保修1年吗", "保修12个月吗"),
    ("保修半年吗", "保修6个月吗"),
    ("一周能到吗", "7天能到吗"),
    ("满300元包邮吗", "满三百块包邮吗"),
    ("什么时候退款", "我付了300元，什么时候退款"),
    ("怎么退货", "等一下，万一坏了怎么退货"),
    ("运费多少钱", "运费多少钱，20公斤"),
    ("Can I return it after 30 days?", "can i return it after thirty days"),
    ("Is the trial 7 days?", "is the trial one week"),
    ("When do I get my refund?", "I paid 300 dollars, when do I get my refund"),
    ("Where is my order?", "where is my order 20391123"),
    ("open at the weekend", "one more question: open at the weekend"),
    ("delivery within 24 hours", "delivery within 1 day"),
]


@pytest.mark.parametrize(("phrasing", "question", "guard"), OTHERS)
def test_another_number_or_unit_is_another_question(phrasing: str, question: str, guard: str) -> None:
    assert guard_of(phrasing, question) == guard


@pytest.mark.parametrize(("phrasing", "question"), SAME)
def test_the_same_amount_and_mere_circumstances_are_answered(phrasing: str, question: str) -> None:
    assert guard_of(phrasing, question) == ""


def test_what_the_answer_speaks_of_is_answered() -> None:
    assert guard_of("Can I return it after 30 days?", "Can I return it after 45 days?", answer="Within 30 days, 45 from abroad.") == ""
    assert guard_of("退款几天到账", "退款几小时到账", answer="一般2小时内到账。") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("within 7 working days", (Quantity(7, "day"),)),
        ("五个工作日", (Quantity(5, "day"),)),
        ("twenty minutes, ¥1,000", (Quantity(20, "minute"), Quantity(1000, "yuan"))),
        ("三百五十元", (Quantity(350, "yuan"),)),
        ("等一下，万一丢了", ()),
        ("one of them", ()),
        ("半年", (Quantity(0.5, "year"),)),
        ("half a year", (Quantity(0.5, "year"),)),
        ("几天", (Quantity(None, "day"),)),
        ("每月", (Quantity(None, "month"),)),
        ("周三", (Quantity(3, "weekday"),)),
        ("twice", (Quantity(2, "times"),)),
        ("2万元", (Quantity(20000, "yuan"),)),
        ("1.5 kg", (Quantity(1.5, "kg"),)),
        ("第二天", (Quantity(2, "nth day"),)),
    ],
)
def test_numbers_are_read_with_their_units(text: str, expected: tuple[Quantity, ...]) -> None:
    assert quantities(text) == expected
