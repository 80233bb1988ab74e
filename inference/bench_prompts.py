"""Prompts as a small shop's visitors would cause them: one question, a few sentences of evidence, never twice the same.

For measuring time only. Nothing here is taken from a measuring set, and no quality figure comes from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from inference.contracts import ChatMessage, Language, PromptEvidence, PromptInput
from inference.prompts import build_prompt

_EVIDENCE: dict[Language, tuple[str, ...]] = {
    "zh": (
        "编号{number}的保温瓶内胆是316不锈钢，不能放进洗碗机，请用软布手洗后晾干。",
        "下午四点前付款的订单当天发货，偏远地区的包裹要多等两到三天。",
        "收到商品后十五天内可以退货，已经拆封的食品和定制商品不支持退货。",
        "会员每消费一元积一分，积分满五百可以在结账时抵扣五元。",
        "电子发票在确认收货后的次日发到您的邮箱，也可以在订单页面自行下载。",
        "门店位于湖滨路二十号，周一至周六上午十点开门，晚上八点关门。",
        "陶瓷茶壶请勿干烧，第一次使用前请用温水浸泡半小时。",
        "礼品卡自购买之日起三年内有效，不找零也不兑换现金。",
        "如果包裹外箱破损，请当着快递员的面拍照，并在两天之内联系我们。",
        "羊毛毯只能干洗，存放时请放一块雪松木防虫。",
    ),
    "en": (
        "The steel flask number {number} keeps drinks hot for 12 hours and must not go into the dishwasher.",
        "Orders that are paid before 4 pm leave our store the same day; remote places wait two or three days more.",
        "You may return goods within 15 days of receipt, but opened food and goods made to order cannot be returned.",
        "Members earn one point for every yuan, and 500 points take five yuan off at the checkout.",
        "An electronic invoice is sent to your address on the day after you confirm receipt; the order page has it too.",
        "Our shop is at 20 Lakeside Road and opens from Monday to Saturday, ten in the morning to eight in the evening.",
        "Never heat the clay teapot while it is empty, and soak it in warm water for half an hour before its first use.",
        "A gift card is valid for three years from the day it was bought; there is no change and no cash for it.",
        "If the box of a parcel is damaged, take a picture while the courier is there and write to us within two days.",
        "The wool blanket is for dry cleaning only; keep it with a piece of cedar wood against moths.",
    ),
}
_QUESTIONS: dict[Language, tuple[str, ...]] = {
    "zh": ("保温瓶能放洗碗机吗？", "我的订单什么时候发货？", "拆封的茶叶可以退吗？", "偏远地区要等多久？", "内胆是什么材质的？"),
    "en": (
        "Can the flask go into the dishwasher?", "When does my order leave?", "Can I return opened tea?",
        "How long does it stay hot?", "How long do remote places wait?",
    ),
}  # fmt: skip


def bench_prompts(num_sentences: int = 3) -> Iterator[tuple[ChatMessage, ...]]:
    """Both languages in turn, with so much evidence, ten sentences at most. The number stands near the beginning, so that only the system
    prompt is found in a cache.
    """
    for number in count(1001):
        language: Language = "zh" if number % 2 else "en"
        questions = _QUESTIONS[language]
        evidence = tuple(PromptEvidence("", text.format(number=number)) for text in _EVIDENCE[language][:num_sentences])
        yield build_prompt(PromptInput(questions[number // 2 % len(questions)], language, "Bench", evidence)).messages
