"""What a message is. Phrases and cues decide most; the fake encoder stands in for meaning."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.contracts import IntentAction
from knowledge.intent.definitions import IntentError, definitions_from
from knowledge.intent.detector import IntentDetector, shipped
from tests.knowledge.intent.intents import DATA, DEFINITIONS, HashEncoder

ENCODER = HashEncoder()
DETECTOR = IntentDetector.build(DEFINITIONS, ENCODER)


def detect(text, detector=DETECTOR, language="en"):
    return detector.detect(text, ENCODER.encode([text])[0], language)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("你好", "greeting"),
        ("您好！在吗？", "greeting"),
        ("hello there", "greeting"),
        ("hiiii", "greeting"),
        ("謝謝你", "thanks"),
        ("ok thanks!!", "thanks"),
        ("好的，谢谢👍", "thanks"),
        ("hi, thank you", "thanks"),
        ("人工", "human"),
        ("我要人工", "human"),
        ("你好，我要人工客服！", "human"),
        ("Let me talk to a human", "human"),
        ("can I please talk to a human now", "human"),
        ("转人工，我的订单怎么还没到", "human"),
        ("你们太差了，我要投诉", "complaint"),
        ("This is a joke. I want to complain!", "complaint"),
        ("讲个笑话吧", "out_of_scope"),
        ("hey tell me a joke", "out_of_scope"),
    ],
)
def test_a_phrase_decides(text, key):
    guess = detect(text)
    assert (guess.key, guess.by) == (key, "phrase")
    assert guess.probability > 0.9
    assert guess.trace["phrase"]


@pytest.mark.parametrize(
    "text",
    [
        "when are your staff online?",
        "人工客服几点上班",
        "你们的人工客服在线吗",
        "how do I file a complaint",
        "怎么投诉",
        "where is my parcel",
        "怎么退款",
        "不要转人工",
        "I don't want to talk to a human",
        "is this human hair extension washable in the machine at home",
        "我还没有收到手机",
        "你好评返现的活动还有吗",
        "this hire car",
        "你好，有货吗",
        "hi, refund?",
    ],
)
def test_a_question_stays_a_question(text):
    assert detect(text).action is IntentAction.QUESTION


@pytest.mark.parametrize(
    ("text", "remainder"),
    [
        ("你好，怎么退款？", "怎么退款？"),
        ("thanks, and where is my parcel", "and where is my parcel"),
        ("Hi! My order A1001 has not arrived. Thanks", "My order A1001 has not arrived."),
        ("谢谢，那运费谁出", "那运费谁出"),
    ],
)
def test_small_talk_before_a_question_is_stripped(text, remainder):
    guess = detect(text)
    assert guess.action is IntentAction.QUESTION
    assert guess.trace["remainder"] == remainder
    assert DETECTOR.remainder(text) == remainder


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("你好，怎么预约？", "怎么预约？"),
        ("您好 请问几点关门", "请问几点关门"),
        ("在吗？我的包裹到哪了", "我的包裹到哪了"),
        ("早上好！周末可以退货吗", "周末可以退货吗"),
        ("你好你好，能开发票吗？谢谢", "能开发票吗？"),
        ("您好，我买的鞋子小了一码", "我买的鞋子小了一码"),
        ("謝謝！那運費怎麼算", "那運費怎麼算"),
        ("多谢，另外押金什么时候退", "另外押金什么时候退"),
        ("你好在吗 这个有没有现货 谢谢", "这个有没有现货"),
        ("感谢，最后问一下保修多久", "最后问一下保修多久"),
        ("嗨，hello，订单可以改地址吗", "订单可以改地址吗"),
        ("Hello, how do I reset my password?", "how do I reset my password?"),
        ("hi there do you ship to Canada", "do you ship to Canada"),
        ("Good morning! My heater makes a strange noise.", "My heater makes a strange noise."),
        ("hey, is breakfast included?", "is breakfast included?"),
        ("Thanks! Are the shoes made of real leather?", "Are the shoes made of real leather?"),
        ("thank you, is the deposit paid back", "is the deposit paid back"),
        ("hi hi hi where is the invoice", "where is the invoice"),
        ("Hey!! can I change the delivery date, thanks", "can I change the delivery date"),
        ("thx. and the size chart is where?", "and the size chart is where?"),
        ("hello 你好，可以用信用卡吗", "可以用信用卡吗"),
        ("Hi 请问 does the bag fit a laptop", "does the bag fit a laptop"),
        ("good morning, need to cancel my subscription", "need to cancel my subscription"),
    ],
)
def test_a_greeting_hides_no_question(text, question):
    guess = detect(text, language="zh" if question[0] > "z" else "en")
    assert guess.action is IntentAction.QUESTION
    assert guess.trace["remainder"].endswith(question)


@pytest.mark.parametrize("text", ["", "  ", "???", "-。-", "👍"])
def test_a_message_without_words_needs_no_guess(text):
    guess = detect(text)
    assert (guess.key, guess.by) == ("question", "none")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("good mornin", "greeting"),
        ("我想找个真人跟我说话行吗", "human"),
        ("could you write python code for us", "out_of_scope"),
    ],
)
def test_an_alike_example_decides_where_no_phrase_does(text, key):
    assert detect(text).key == key


def test_asking_whether_it_is_a_person_is_not_asking_for_one():
    for text in ("are you human", "你是真人客服吗"):
        assert detect(text).by != "phrase"


def test_a_declined_request_is_never_granted_by_an_alike_example():
    guess = detect("please do not connect me to a human")
    assert guess.action is not IntentAction.HANDOFF
    assert guess.trace["doubt"] == "denies"


def test_the_trace_names_the_nearest_example_and_the_chance():
    trace = detect("could you write python code for us").trace
    assert trace["example"] == "write python code for me"
    assert 0 < trace["background"] < trace["similarity"] <= 1.0001


def test_the_reply_is_in_the_language_of_the_message():
    assert detect("谢谢", language="zh").reply == "不客气！"
    assert detect("thanks", language="en").reply == "You are welcome!"


def test_no_shipped_question_is_taken_for_an_intent():
    taken = [text for text in shipped("background.csv") if detect(text).action is not IntentAction.QUESTION]
    assert taken == []


def test_the_bases_own_questions_stay_questions():
    question = "tell me about the poem of the month"
    detector = IntentDetector.build(DEFINITIONS, ENCODER, questions=[question])
    assert detect(question, detector).action is IntentAction.QUESTION


def test_five_examples_are_enough_to_begin_with():
    bare = definitions_from([{**row, "phrases": {}} for row in DATA])
    detector = IntentDetector.build(bare, ENCODER)
    assert detect("let me talk to a real human", detector).key == "human"
    assert detect("where is my order", detector).action is IntentAction.QUESTION


def test_phrases_alone_work_without_any_example():
    detector = IntentDetector.build(definitions_from([{"key": "bye", "action": "chitchat", "phrases": {"en": ["bye"]}}]), ENCODER)
    assert detect("bye", detector).key == "bye"
    assert detect("where is my order", detector).action is IntentAction.QUESTION


def test_no_intents_make_everything_a_question():
    assert detect("hello", IntentDetector.build([], ENCODER)).action is IntentAction.QUESTION


def test_a_saved_detector_guesses_the_same(tmp_path):
    DETECTOR.save(tmp_path)
    loaded = IntentDetector.load(tmp_path, DEFINITIONS)
    for text in ("could you write python code", "where is my parcel", "谢谢", "我要人"):
        assert detect(text, loaded) == detect(text)


def test_it_refuses_files_of_other_intents(tmp_path):
    DETECTOR.save(tmp_path)
    with pytest.raises(IntentError, match="publish"):
        IntentDetector.load(tmp_path, DEFINITIONS[:-1])


def test_the_order_of_intents_changes_nothing():
    turned = IntentDetector.build(DEFINITIONS[::-1], ENCODER)
    for text in ("could you write python code", "good mornin", "where is my parcel"):
        one, other = detect(text, turned), detect(text)
        assert one.key == other.key
        assert np.isclose(one.probability, other.probability, atol=1e-3)


@pytest.mark.parametrize("text", ["kuaidi danhao zai nali kan", "wann kommt mein paket endlich"])
def test_words_that_no_small_talk_ever_used_are_a_question(text):
    goodbye = np.float32(ENCODER.encode(["thanks a lot"])[0])  # as an encoder that does not know the words might place them
    guess = DETECTOR.detect(text, goodbye, "en")
    assert (guess.key, guess.trace["nearest"], guess.trace["why"]) == ("question", "thanks", "strange words")


def test_small_talk_in_other_words_stays_small_talk():
    near = np.float32(ENCODER.encode(["thanks a lot"])[0])
    assert DETECTOR.detect("cheers indeed", near, "en").action is IntentAction.CHITCHAT


@pytest.mark.parametrize(("rest", "key"), [("cheers indeed my friend", "greeting"), ("where is the parcel that I sent to you", "question")])
def test_small_talk_beside_small_talk_is_small_talk(rest, key):
    thanks = np.float32(ENCODER.encode(["thanks a lot"])[0])  # as an encoder that understands "cheers" might place it
    whole = detect(f"good morning! {rest}")
    assert whole.action is IntentAction.QUESTION
    guess = DETECTOR.joined(whole, DETECTOR.detect(rest, thanks, "en") if key == "greeting" else detect(rest))
    assert guess.key == key
