"""Prompts as a small shop's visitors would cause them: one question, three sentences of evidence, never twice the same.

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
    ),
    "en": (
        "The steel flask number {number} keeps drinks hot for 12 hours and must not go into the dishwasher.",
        "Orders that are paid before 4 pm leave our store the same day; remote places wait two or three days more.",
        "You may return goods within 15 days of receipt, but opened food and goods made to order cannot be returned.",
    ),
}
_QUESTIONS: dict[Language, tuple[str, ...]] = {
    "zh": ("保温瓶能放洗碗机吗？", "我的订单什么时候发货？", "拆封的茶叶可以退吗？", "偏远地区要等多久？", "内胆是什么材质的？"),
    "en": (
        "Can the flask go into the dishwasher?", "When does my order leave?", "Can I return opened tea?",
        "How long does it stay hot?", "How long do remote places wait?",
    ),
}  # fmt: skip


def bench_prompts() -> Iterator[tuple[ChatMessage, ...]]:
    """Both languages in turn. The number stands near the beginning, so that only the system prompt is found in a cache."""
    for number in count(1001):
        language: Language = "zh" if number % 2 else "en"
        questions = _QUESTIONS[language]
        evidence = tuple(PromptEvidence("", text.format(number=number)) for text in _EVIDENCE[language])
        yield build_prompt(PromptInput(questions[number // 2 % len(questions)], language, "Bench", evidence)).messages
