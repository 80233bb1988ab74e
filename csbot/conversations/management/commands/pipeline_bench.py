"""`manage.py pipeline_bench`: from a visitor's question to the answer's last frame, through a whole installation of its own."""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Q

from csbot.accounts.models import Site
from csbot.conversations.models import Turn
from csbot.conversations.visiting import Seen, Visitor
from csbot.lib import redis
from csbot.operations.scratch import is_inside, run_inside
from knowledge import facade as knowledge

# Asked about the demo shop's goods and rules; what they rest on stands in its articles. Enough of them that a p95 is not the slowest one.
GENERATED = (
    "Describe the levels of membership",
    "会员等级到底有什么用？",
    "What happens step by step after I send a parcel back to you?",
    "退回的包裹寄出以后,接下来每一步会怎么处理?",
    "Which goods from the kitchen and which from camping come with a guarantee?",
    "厨房用品和露营用品哪些有质保,分别多久?",
    "What should I check while the courier is still at my door?",
    "橡木砧板和亚麻衬衫平时要怎么打理?",
    "How do birthday coupons and member discounts differ between the levels?",
    "不同等级的会员在生日券和折扣上有什么区别?",
    "Tell me how I should look after the cutting board",
    "介绍一下保温瓶的清洗和保修",
    "What would a gold member get that a silver member would not?",
    "包裹签收的时候我需要注意些什么?",
    "Give me an overview of how an exchange works here",
    "换货的整个过程大概是怎么样的?",
    "Is there anything that I cannot send back, and why?",
    "哪些东西不能退,为什么?",
    "What are my choices for paying, and when is the money taken?",
    "付款有哪些方式,什么时候扣款?",
    "How do delivery times and fees differ between the ways of shipping?",
    "不同的配送方式在时间和费用上有什么区别?",
    "What do I have to know before I ask for an invoice?",
    "开发票之前我要知道什么?",
    "Explain what happens when a parcel arrives broken",
    "收到的东西坏了,你们会怎么处理?",
    "Walk me through setting up two-step login and what it protects",
    "两步验证怎么设置,丢了手机怎么办?",
    "What do you keep about me, and how do I get it deleted?",
    "你们保存我的哪些数据,怎么删除?",
    "How do I care for wool, linen and cotton from your shop?",
    "亚麻、羊毛和棉布的东西分别怎么洗?",
    "Which of your things may go into the dishwasher and which may not?",
    "哪些东西可以放进洗碗机,哪些不行?",
    "What happens with a bag that got soaked in the rain?",
    "包被雨淋湿了应该怎么处理?",
    "Explain how points are earned, used and lost",
    "积分是怎么得到、使用和失效的?",
    "How does a repair under the guarantee go, from asking to getting it back?",
    "保修维修从申请到寄回是怎样的过程?",
    "What is excluded from the guarantee?",
    "哪些情况不在保修范围内?",
    "Compare sending to Hong Kong, Europe and the United States",
    "寄到香港、欧洲和美国有什么不同?",
    "What if the courier does not find me at home?",
    "快递员来的时候我不在家会怎样?",
    "What should I do when the parcel's tracking stands still?",
    "物流一直不更新,我该怎么办,最后会怎样?",
    "Tell me what ordering without an account means for me later",
    "不注册就下单,以后会有什么不方便?",
    "How do I put up and clean the camp chair?",
    "露营椅怎么打开和清洁,能承重多少?",
    "What should I know before using the kettle and the lamp for the first time?",
    "电器类的商品第一次使用之前要注意什么?",
    "How are the wrapping and the greeting card for gifts done?",
    "礼品包装和贺卡是怎么安排的?",
    "What changes for me when I go from silver to gold?",
    "从银卡升到金卡对我有什么变化?",
)


class Command(BaseCommand):
    help = "Measure question-to-answer latency on a scratch installation; the last line is one JSON object."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--faqs", type=int, default=60, help="standard questions asked (each once, so that no cache answers)")
        parser.add_argument("--generated", type=int, default=len(GENERATED) - 1, help="questions for the generator, after one that warms it up")
        parser.add_argument("--rounds", type=int, default=3, help="how often those are asked; of our own overhead the median round is told")
        parser.add_argument(
            "--scripted", action="store_true", help="with the engine that only keeps time: what is left is our own overhead, without a model's noise"
        )
        parser.add_argument("--json", action="store_true", help="print the JSON object only")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_inside():
            sys.exit(run_inside("pipeline_bench", sys.argv[2:], environment={"CSBOT_ENGINE": "scripted"} if options["scripted"] else None))
        address = os.environ["CSBOT_SCRATCH_ADDRESS"]
        site = Site.objects.get(key="demo")
        questions = knowledge.sample_questions(site.knowledge_base_id, options["faqs"] + 5)
        asked = [_ask(address, text) for text in questions][5:]  # the first ones warm caches of code and memory up
        cached = [_ask(address, text) for text in questions[:20]]
        tried: list[Seen] = []
        overheads, tokens_per_s = [], None
        for _ in range(options["rounds"]):
            _forget_answers()
            seen = [_ask(address, text) for text in GENERATED[: options["generated"] + 1]][1:]
            overheads.append(overhead_of(seen, list(Turn.objects.select_related("trace").order_by("-created")[: len(seen)])[::-1]))
            tried = tried or seen  # later rounds find their prompts in the engine's cache
            tokens_per_s = tokens_per_s or _speed()
        figures = figures_of(asked, cached, tried, floor_ms=_floor(questions), tokens_per_s=tokens_per_s) | {"overhead_ms": median_of(overheads)}
        if not options["json"]:
            for name, value in figures.items():
                self.stdout.write(f"{name:20} {value}")
        self.stdout.write(json.dumps(figures))


def figures_of(asked: list[Seen], cached: list[Seen], tried: list[Seen], *, floor_ms: list[float], tokens_per_s: float | None) -> dict[str, Any]:
    """The keys of `pipeline_bench`; null where nothing was counted."""
    answered = [seen for seen in asked if seen.route == "answer"]
    generated = [seen for seen in tried if seen.first_token_ms != seen.first_sign_ms]
    return {
        "faq_ms": _spread([seen.total_ms for seen in answered]),
        "floor_ms": _spread(floor_ms),
        "first_sign_ms_p95": _at([seen.first_sign_ms for seen in generated], 0.95),
        "generate": {"first_token_ms_p50": _at([seen.first_token_ms for seen in generated], 0.5), "tokens_per_s": tokens_per_s},
        "cache_ms_p50": _at([seen.total_ms for seen in cached if seen.route == "answer"], 0.5),
        "n": {"faq": len(answered), "generated": len(generated)},
    }


def overhead_of(tried: list[Seen], turns: list[Turn]) -> dict[str, float | None]:
    """Of each generated answer, from sending to its last frame: all that was neither a stage of deciding nor the engine's own time.

    `tried` and `turns` are the same questions in the same order.
    """
    found = []
    for seen, turn in zip(tried, turns, strict=True):
        trace = turn.trace.data if hasattr(turn, "trace") else {}
        engine_ms = trace.get("generation", {}).get("total_ms")
        if engine_ms is not None:
            found.append(seen.total_ms - engine_ms - sum(trace.get("ms", {}).values()))
    return {"p50": _at(found, 0.5), "p95": _at(found, 0.95)}


def median_of(rounds: list[dict[str, float | None]]) -> dict[str, Any]:
    """Of each figure the median round's, and all rounds' p95: with some forty answers a round that is the second slowest of them."""
    told = [one for one in rounds if one["p95"] is not None]
    if not told:
        return {"p50": None, "p95": None, "p95_of_rounds": []}
    medians = {name: statistics.median_low([one[name] or 0.0 for one in told]) for name in ("p50", "p95")}
    return {**medians, "p95_of_rounds": [one["p95"] for one in told]}


def _forget_answers() -> None:
    """What was asked in an earlier round would be answered from the cache."""
    connection = redis.connection()
    for key in connection.scan_iter(redis.key("answer", "*")):
        connection.delete(key)


def _ask(address: str, text: str) -> Seen:
    """A visitor of its own for each question: no history, no limit in the way."""
    with Visitor(address, "demo") as visitor:
        visitor.receive()
        return visitor.ask(text)


def _floor(questions: list[str]) -> list[float]:
    """Bare encoding and searching in this process: what no pipeline can be quicker than."""
    from csbot.operations.roles import encoder_folder

    knowledge.use_encoder(encoder_folder())
    search = knowledge.bare_search(Site.objects.get(key="demo").knowledge_base_id)
    times = []
    for text in questions:
        start = time.perf_counter()
        search(text)
        times.append((time.perf_counter() - start) * 1000)
    return times[5:]


def _speed() -> float | None:
    """Tokens a second as the engine counted them, over answers of more than five tokens."""
    turns = Turn.objects.filter(Q(route="generate"), trace__isnull=False).select_related("trace")
    engine = [turn.trace.data.get("generation", {}) for turn in turns]
    speeds = [item["tokens_per_s"] for item in engine if item.get("new_tokens", 0) > 5]
    return round(statistics.median(speeds), 2) if speeds else None


def _spread(values: list[float]) -> dict[str, float | None]:
    return {"p50": _at(values, 0.5), "p99": _at(values, 0.99)}


def _at(values: list[float], share: float) -> float | None:
    """By nearest rank."""
    return round(sorted(values)[max(0, math.ceil(share * len(values)) - 1)], 1) if values else None
