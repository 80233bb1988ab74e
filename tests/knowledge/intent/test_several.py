"""Several questions in one message, and the many messages that only look like it. All sentences are our own."""

from __future__ import annotations

from time import process_time

import numpy as np
import pytest

from knowledge.intent.detector import IntentDetector
from knowledge.intent.several import LONGEST, MOST, questions_in
from tests.knowledge.intent.intents import DEFINITIONS, HashEncoder

DETECTOR = IntentDetector.build(DEFINITIONS, HashEncoder())
NOWHERE = np.zeros(512, dtype=np.float32)

SEVERAL = [
    # signs of asking
    ("Do you ship to Norway? How much is it for a parcel of two kilos?", ("Do you ship to Norway?", "How much is it for a parcel of two kilos?")),
    ("Is the museum open on Mondays? Are dogs allowed?", ("Is the museum open on Mondays?", "Are dogs allowed?")),
    ("运费怎么算？几天能到？", ("运费怎么算？", "几天能到？")),
    ("可以开发票吗？能用支付宝吗？", ("可以开发票吗？", "能用支付宝吗？")),
    ("请问周末营业吗?停车方便吗?", ("请问周末营业吗?", "停车方便吗?")),
    ("幾天會到？運費怎麼算", ("幾天會到？", "運費怎麼算")),
    ("how do i reset the router??? and is there a manual in german???", ("how do i reset the router???", "is there a manual in german???")),
    # numbers
    ("1) how do I cancel 2) when is the refund paid", ("how do I cancel", "when is the refund paid")),
    ("1. Where is my invoice? 2. Can I pay by card? 3. Who do I call?", ("Where is my invoice?", "Can I pay by card?", "Who do I call?")),
    ("(1) opening hours on sunday? (2) price for children?", ("opening hours on sunday?", "price for children?")),
    ("1、怎么注册 2、怎么改密码 3、忘记账号怎么办", ("怎么注册", "怎么改密码", "忘记账号怎么办")),
    ("1.押金多少？2.什么时候退？", ("押金多少？", "什么时候退？")),
    ("①保修多久 ②坏了寄到哪里", ("保修多久", "坏了寄到哪里")),
    ("第一，房间可以加床吗？第二，早餐几点开始？", ("房间可以加床吗？", "早餐几点开始？")),
    ("1 how do i pause my plan\n2 what happens to my credit", ("how do i pause my plan", "what happens to my credit")),
    ("- where do i park\n- how late can i check in", ("where do i park", "how late can i check in")),
    ("First, how do I join? Second, what does a year cost?", ("how do I join?", "what does a year cost?")),
    # a preface
    ("两个问题：怎么充值？另外余额会过期吗？", ("怎么充值？", "余额会过期吗？")),
    ("我有两个问题，怎么退卡，押金什么时候到账", ("怎么退卡", "押金什么时候到账")),
    ("有三個問題想問：可以寄到香港嗎？要付關稅嗎？多久會到？", ("可以寄到香港嗎？", "要付關稅嗎？", "多久會到？")),
    ("Two questions: is breakfast included, and can we check out late?", ("is breakfast included", "can we check out late?")),
    ("I've got a couple of questions. Do you repair zips? How long would that take?", ("Do you repair zips?", "How long would that take?")),
    ("quick questions - do you sell gift cards? do they expire?", ("do you sell gift cards?", "do they expire?")),
    # turns of speech
    ("怎么修改收货地址？另外可以改电话吗", ("怎么修改收货地址？", "可以改电话吗")),
    ("这个杯子能进微波炉吗，顺便问一下盖子单卖吗", ("这个杯子能进微波炉吗", "盖子单卖吗")),
    ("你们几点关门，还有周日开不开", ("你们几点关门", "周日开不开")),
    ("会员怎么升级，对了积分怎么用", ("会员怎么升级", "积分怎么用")),
    ("可以货到付款吗，再问一下支持七天无理由吗", ("可以货到付款吗", "支持七天无理由吗")),
    ("怎么预约？還有，需要帶證件嗎？", ("怎么预约？", "需要帶證件嗎？")),
    ("where can i park? also is there a lift", ("where can i park?", "is there a lift")),
    ("How do I change my seat? By the way, is wifi free on board?", ("How do I change my seat?", "is wifi free on board?")),
    ("can i bring my own food and also what time do the doors open", ("can i bring my own food", "what time do the doors open")),
    ("what's your address? one more thing: do you accept amex?", ("what's your address?", "do you accept amex?")),
    ("is there a student price? oh and do i need to show id?", ("is there a student price?", "do i need to show id?")),
    ("how do I unsubscribe, another question, where do I see past bills", ("how do I unsubscribe", "where do I see past bills")),
    # two clauses that both ask
    ("how long is delivery and what does it cost", ("how long is delivery", "what does it cost")),
    ("What time does the pool open and do I need to book?", ("What time does the pool open", "do I need to book?")),
    ("where do i send the broken lamp, and who pays the postage?", ("where do i send the broken lamp", "who pays the postage?")),
    ("do you have a branch in leeds, how do i get there by bus", ("do you have a branch in leeds", "how do i get there by bus")),
    ("can I get an invoice and how do I change the name on it?", ("can I get an invoice", "how do I change the name on it?")),
    ("怎么开通，要多少钱", ("怎么开通", "要多少钱")),
    ("地铁怎么走，附近有停车场吗？", ("地铁怎么走", "附近有停车场吗？")),
    ("保修几年、坏了去哪修", ("保修几年", "坏了去哪修")),
    ("门票多少钱 小孩要买票吗", ("门票多少钱", "小孩要买票吗")),
    # a statement goes with its question
    (
        "I moved house. How do I change my address? And when is the next bill due?",
        ("I moved house. How do I change my address?", "when is the next bill due?"),
    ),
    ("手机进水了，保修吗？屏幕换一块多少钱？", ("手机进水了，保修吗？", "屏幕换一块多少钱？")),
    ("hi! do you take walk-ins? how busy are you on fridays? thanks", ("hi! do you take walk-ins?", "how busy are you on fridays? thanks")),
]

ONE = [
    "",
    "?",
    "？？？",
    "hello",
    "where is my parcel",
    "怎么退款",
    "Where is my parcel? It was due on Monday.",
    # a statement and its question
    "I returned it last week. when do I get my money?",
    "My card was charged twice. How do I get one payment back?",
    "I bought a lamp and a bulb, and the bulb is broken. What can I do?",
    "我上周退的货，什么时候退款？",
    "鞋子买大了，可以换小一码吗？",
    "订单显示已签收，但是我没有收到，怎么办？",
    "我昨天下的單還沒出貨，什麼時候會出？",
    "We arrive at two in the morning, is anyone there then?",
    "您好，我想问一下，你们几点开门？",
    "1 of my 2 parcels has not arrived, where is it?",
    # a question with a clause
    "What happens when I cancel and do not return the router?",
    "How do I know if my ticket is valid?",
    "can you tell me where i can park",
    "could you tell me what I need to bring?",
    "If the parcel is lost, who pays for it?",
    "when the battery is empty what should i do",
    "如果包裹丢了，谁来赔？",
    "收到货之后发现坏了怎么办",
    "因为要出差，能不能改到下周",
    "请问怎么知道我的票是否有效",
    "不知道密码是什么怎么办",
    "退货的话运费谁出",
    # "and", "or", "also", 还有, 另外 inside one question
    "Is the blue or the green one cheaper and lighter?",
    "Do you deliver on Saturdays and Sundays?",
    "Can I return shoes and clothes in one parcel?",
    "can I pay with paypal and a gift card together?",
    "can i also pay by invoice?",
    "还有货吗",
    "还有多久到",
    "另外一只耳机没声音怎么办",
    "以及旧款还卖吗",
    "还有别的颜色吗？",
    "红色和蓝色哪个好看",
    "should I call you or can I come by?",
    "是发顺丰还是发中通？",
    "我可以今天来还是明天来？",
    "pink floyd shirt by the way of the seaside, do you sell it?",
    # said twice, tags, echoes
    "is it real leather? yes or no?",
    "The shop is open today, right?",
    "where is my order?? where is it??",
    "什么？怎么退款？",
    "really? how do i get a refund?",
    "有人吗？怎么退款？",
    "hello? anyone there? where is my order",
    "在吗？发货了吗？",
    # numbers that count nothing
    "is 1.5 m cable long enough?",
    "do 2.4 and 5 ghz both work?",
    "1.8米的床多少钱",
    "I ordered on 3. October, where is it?",
    # links, mail, decimals, abbreviations
    "does https://example.org/a?b=c&d=e work with the app",
    "Is Dr. Smith in today?",
]


@pytest.mark.parametrize(("text", "parts"), SEVERAL)
def test_several_questions_come_apart(text: str, parts: tuple[str, ...]) -> None:
    assert questions_in(text) == parts


@pytest.mark.parametrize("text", ONE)
def test_one_question_stays_whole(text: str) -> None:
    assert questions_in(text) == (text,)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "size question for the linen shirt, i'm normally M. and what is it made of exactly?",
            ("size question for the linen shirt, i'm normally M.", "what is the linen shirt made of exactly?"),
        ),
        ("Do you have the oak table in stock? How heavy is it?", ("Do you have the oak table in stock?", "How heavy is the oak table?")),
        ("can the backpack be washed? is it waterproof?", ("can the backpack be washed?", "is the backpack waterproof?")),
        ("how big are the cabins? do they have a window?", ("how big are the cabins?", "do the cabins have a window?")),
        ("how long is the course and how much does it cost", ("how long is the course", "how much does the course cost")),
        ("亚麻衬衫有M码吗？是什么面料的？", ("亚麻衬衫有M码吗？", "亚麻衬衫是什么面料的？")),
        ("登山包能装电脑吗？它防水吗？", ("登山包能装电脑吗？", "登山包防水吗？")),
        ("年卡怎么办理？多少钱？", ("年卡怎么办理？", "年卡多少钱？")),
        ("這款檯燈可以調光嗎？有沒有白色？", ("這款檯燈可以調光嗎？", "這款檯燈有沒有白色？")),
    ],
)
def test_a_later_part_takes_the_subject_of_the_first(text: str, parts: tuple[str, ...]) -> None:
    assert questions_in(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("can I exchange the jacket? how long does it take?", ("can I exchange the jacket?", "how long does it take?")),
        ("where is the desk? is it possible to come on sunday?", ("where is the desk?", "is it possible to come on sunday?")),
        ("is the lamp sold out? do they refund my deposit at the bank?", ("is the lamp sold out?", "do they refund my deposit at the bank?")),
        ("do the shoes and the belt match? how much is it?", ("do the shoes and the belt match?", "how much is it?")),
        ("我可以改地址吗？能改电话吗？", ("我可以改地址吗？", "能改电话吗？")),
        ("运费怎么算？几天能到？", ("运费怎么算？", "几天能到？")),
    ],
)
def test_no_subject_is_guessed_where_another_may_be_meant(text: str, parts: tuple[str, ...]) -> None:
    assert questions_in(text) == parts


HOSTILE = ["\udfff? \ud800?", "\0? \0?", "🙂? 🙂?", "a? " * 5000, "吗" * 20000, "1) " * 300, "?" * 10000, "and " * 2000, " \n\t ", "how and " * 240]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_message_breaks_it(text: str) -> None:
    parts = questions_in(text)
    assert parts
    assert len(parts) <= MOST


REPEATED = ["？", "? ", "，", " ", "\n", "一是", "还有，", "怎么退？", "how do i pay? ", "is it ok? ", "yes, ", "吗 ", "and ", "know about ", "1) "]
REPEATED += ["- ", "A不", "亲", "thanks, ", "转人工，", "不要转人工，", "我要投诉", "do not talk to a human. ", "the lamp's ", "what is the lamp in "]


@pytest.mark.parametrize("before", ["", "怎么退？", "how do i pay? "])
@pytest.mark.parametrize("unit", REPEATED)
def test_no_message_takes_long(unit: str, before: str) -> None:
    """Of the longest messages that are looked at; each takes some milliseconds."""
    text = (before + unit * LONGEST)[:LONGEST]
    spent = []
    for _ in range(3):
        begun = process_time()
        questions_in(text)
        DETECTOR.detect(text, NOWHERE, "zh")
        spent.append(process_time() - begun)
    assert min(spent) < 0.1


def test_a_list_of_many_questions_is_a_story() -> None:
    text = " ".join(f"how do i do thing number {number}?" for number in range(MOST + 1))
    assert questions_in(text) == (text,)
