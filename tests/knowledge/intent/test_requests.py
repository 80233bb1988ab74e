"""Who asks for a person and who only speaks of one: by phrases alone, with the demo's intents."""

from __future__ import annotations

import json
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
