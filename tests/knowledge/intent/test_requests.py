"""Who asks for a person and who only speaks of one: by phrases alone, with the demo's intents."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from knowledge.contracts import IntentAction
from knowledge.intent.definitions import definitions_from
from knowledge.intent.phrases import PhraseRules

DEMO = Path(__file__).resolve().parents[3] / "csbot" / "demo" / "data" / "intents.json"
RULES = PhraseRules(definitions_from(json.loads(DEMO.read_text(encoding="utf-8"))))


def hands_over(text: str) -> bool:
    read = RULES.read(text)
    return read.intent is not None and read.intent.action is IntentAction.HANDOFF


@pytest.mark.parametrize(
    "text",
    [
        "转人工",
        "轉人工",
        "我要人工客服",
        "机器人没用转人工",
        "你听不懂转人工",
        "机器人不行，转人工",
        "说了半天都不懂，转人工",
        "這個機器人看不懂 轉人工",
        "解决不了就转人工",
        "能不能转人工",
        "可不可以转人工",
        "转人工不行吗",
        "I don't want a bot I want to talk to a person",
        "this does not help talk to a person",
        "I want to talk to a human not a bot",
        "you don't understand me, talk to a human",
        "not helpful, let me talk to a human",
        "why can't I talk to a person",
        "please let me talk to a human",
    ],
)
def test_a_plain_request_is_heard_whatever_is_said_of_the_bot(text: str) -> None:
    assert hands_over(text)


@pytest.mark.parametrize(
    "text",
    [
        "请勿转人工",
        "勿转人工",
        "拒绝转人工",
        "取消转人工",
        "停止转人工",
        "不要转人工",
        "先別轉人工",
        "唔使轉人工",
        "转人工就不用了",
        "人工客服不要",
        "I refuse to talk to a human",
        "I do not want to talk to a human",
        "I cannot talk to a person right now",
        "I hate having to talk to a person",
        "rather than talk to a human, tell me how to return",
        "no need to talk to a human",
        "please stop trying to make me talk to a human",
    ],
)
def test_who_wants_no_person_gets_none(text: str) -> None:
    assert not hands_over(text)


@pytest.mark.parametrize(
    "text",
    [
        "is that a real person in the photo",
        "is the mannequin a real person",
        "do I have to talk to a human to cancel",
        "人工服务收费吗",
        "安装人工服务费",
        "转人工要钱吗",
        "人工客服电话",
        "人工客服几点上班",
        "are you a real person",
    ],
)
def test_who_asks_about_a_person_gets_an_answer(text: str) -> None:
    assert not hands_over(text)


@pytest.mark.parametrize(
    "text",
    [
        "转人工我不想等了",
        "转人工别让我等",
        "我不要机器人我要人工客服",
        "不想跟机器人聊给我转人工",
        "不要机器人转人工",
        "不要机器人我要真人客服",
        "不想再跟机器人说话了我要找人工",
        "別再用機器人了 我要轉人工",
        "沒有用轉人工",
        "聽不懂就轉人工",
        "不要再问了给我转人工",
        "怎么还不转人工",
        "为什么不给我转人工",
        "為什麼不能轉人工",
        "难道不能转人工吗",
        "无论如何给我转人工",
        "不管怎样转人工",
        "要真人不要机器人",
        "我要人工客服不要机器人",
        "我要人工客服不要機器人",
        "没人理我转人工",
        "我要投诉你们不发货",
        "我要投诉不给退款",
        "I don't want to chat with a robot I want to talk to a human",
        "you're not listening let me talk to a person",
        "I can't find it let me talk to a person",
        "no I want to talk to a human",
        "never mind the bot get me a real person",
        "can I not just talk to a human",
        "can't I talk to a person",
        "couldn't I just speak to someone",
        "why wont you let me talk to a human",
        "stop wasting my time let me talk to a human",
        "I refuse to talk to a bot give me a real person",
        "I hate bots let me talk to a human",
        "I want to talk to a human instead",
        "I want to talk to a human not this thing",
        "instead of a bot I want to talk to a human",
        "is there a real person I can talk to",
        "can I talk to a person",
        "you never understand let me speak to someone",
        "I won't talk to a machine I need a human agent",
        "not a machine please a real person",
        "取消订单转人工",
        "拒绝退款转人工",
        "无语转人工",
        "要不转人工",
        "不过我要转人工",
        "系统没反应 快转人工",
        "不發貨我要找人工",
        "東西壞了沒人管我要轉人工",
        "电话打不通转人工",
        "乱收费我要投诉",
        "等了半天没回复转人工",
        "你答非所问转人工",
        "不想打字了给我接人工",
        "别光发表情快转人工",
        "你們不退錢我要投訴",
        "我说了不要机器人 给我找个真人",
        "没完没了地绕圈子转人工",
        "退款没到账帮我转人工",
        "能不能别用机器人换真人客服",
        "is it possible to talk to a human",
        "this is the third time let me talk to a person",
        "no answer talk to a human",
        "no response I want to speak to someone",
        "my order never came I want to speak to a human",
        "stop sending me links I want to talk to a person",
        "I do not want this chatbot please let me talk to a human",
        "I can't log in can I talk to a person",
        "it won't let me pay I need to speak to someone",
        "I'm not getting anywhere let me speak to a person",
        "the bot doesn't get it I want to talk to a human",
        "why can't you let me talk to a person",
        "are you able to let me speak to a human",
        "just let me talk to a human no bots",
        "I did not order this let me talk to someone",
        "你们不讲道理我要举报",
        "一问三不知转人工",
        "别绕了给我转人工",
        "優惠券用不了幫我轉人工",
        "沒收到貨找人工",
        "不想看这些链接了我要人工客服",
        "I did not get a refund let me talk to a human",
        "don't send me articles I want to talk to a person",
        "the app doesn't load get me a human agent",
        "no refund yet I need to talk to someone",
        "could I not speak to a person instead",
        "I am not a fan of bots give me a real person",
    ],
)
def test_a_no_that_is_bound_to_something_else_denies_no_request(text: str) -> None:
    assert hands_over(text)


@pytest.mark.parametrize(
    "text",
    [
        "别给我转人工",
        "不需要人工客服",
        "我没说要转人工",
        "我沒有要轉人工",
        "我不是要转人工",
        "不要再给我转人工了",
        "千万别转人工",
        "不必转人工",
        "用不着转人工",
        "無須轉人工",
        "毋須人工客服",
        "不用麻煩人工客服了",
        "人工客服就算了",
        "人工客服不需要",
        "人工服务不用了",
        "轉人工就免了",
        "人工客服电话多少",
        "人工服務要收費嗎",
        "人工客服态度好吗",
        "不要动不动就转人工",
        "別隨便轉人工",
        "没必要转人工",
        "沒必要找人工",
        "我可没让你转人工",
        "我不觉得需要人工客服",
        "禁止转人工",
        "谢绝人工客服",
        "人工客服很贵吗",
        "人工服务费怎么算",
        "我不是我要投诉的意思",
        "please don't put me through to a human agent",
        "I don't need to talk to someone",
        "I do not wish to speak to a person",
        "I'd rather not talk to a human",
        "no human agent",
        "nobody asked to talk to a person",
        "I never said I want to talk to a human",
        "I didn't ask you to get me a human agent",
        "don't transfer me to a human agent",
        "I haven't asked to speak to a human",
        "I wasn't trying to talk to a human",
        "do I really have to speak to someone to cancel",
        "should I talk to someone before returning",
        "can I return it without having to talk to a person",
        "does a real person model the coat",
        "is the model a real person",
        "was it a real person in the video",
        "I want to complain about nothing, just thanks",
        "there is no reason to talk to a human",
        "I am not asking to talk to a human",
        "talk to a person? no thanks",
        "I dislike having to talk to a person",
        "it's unnecessary to talk to a person",
        "don't you dare put me through to a human agent",
        "I don't think I need to talk to a person",
        "must I speak to a person to return it",
        "what does it cost to talk to a person",
        "I would rather chat with you than talk to a human",
        "the person I want is not a real person",
        "不想被转人工",
        "别把我转人工",
        "先不用转人工",
        "暂时不需要人工客服",
        "我不愿意找人工",
        "何必转人工",
        "沒說要找人工客服",
        "請不要幫我轉人工",
        "不要擅自轉人工",
        "轉人工就不必了",
        "转人工？不用了",
        "人工客服要钱吗",
        "人工客服的电话是什么",
        "真人客服会说英语吗",
        "人工客服周末上班吗",
        "人工客服回复快吗",
        "转人工要等多久",
        "我要投诉就不必了",
        "我从来没要求转人工",
        "为什么要转人工",
        "I'd prefer not to talk to a person",
        "I really don't feel like I need to speak to someone",
        "you don't have to put me through to a human agent",
        "don't make me talk to a human",
        "there is no point in trying to talk to a person",
        "avoid having to speak to someone",
        "is your human agent free of charge",
        "are those real person reviews",
        "is this a real person writing",
        "will I have to talk to a human",
        "do we need to speak to someone to change the address",
        "can I cancel without speaking, I mean without having to talk to a person",
        "human agent phone number",
        "real person? never mind",
        "I am not saying I want to complain",
        "I wouldn't want to talk to a human about this",
        "以后别再给我转人工",
        "沒打算轉人工",
        "我只是问问 不是要转人工",
        "千万不要找人工客服",
        "人工客服收費多少",
        "真人客服懂英文嗎",
        "please never transfer me to a human agent",
        "I don't intend to speak to a person",
        "there isn't any need to talk to a human",
        "is the human agent expensive",
        "do we have to talk to someone in person",
        "I would hate to have to speak to a person",
    ],
)
def test_a_no_or_a_question_reaches_the_request_that_it_is_about(text: str) -> None:
    assert not hands_over(text)


@pytest.mark.parametrize(
    "text", ["不" * 3990 + "转人工", "别我要" * 1300 + "转人工", "别了" * 1990 + "转人工", "转人工不" * 1000, "no bot " * 560 + "talk to a human"]
)
def test_a_thousand_noes_cost_no_worker_its_time(text: str) -> None:
    """Looked up once for each no, the second takes many seconds."""
    begun = time.process_time()
    RULES.read(text)
    assert time.process_time() - begun < 1.5
