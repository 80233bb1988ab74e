"""Traces done again from what they keep, and messages of every kind that must be routed whatever they hold."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from csbot.accounts.models import Company, Site
from csbot.conversations import pipeline
from csbot.conversations.models import Trace
from csbot.conversations.personal import trace_masked
from csbot.conversations.stages import DecidingStages
from csbot.demo import content
from csbot.lib.clock import now
from knowledge import facade, replaying, snapshots
from knowledge.contracts import Band, Exchange, Question, Replayed
from knowledge.models import KnowledgeBase, Snapshot
from tests.csbot.reports.test_figures import talk_at, turn_at

ALPHABETS = ("abc defgh ", "退款发货运费订单？", "ｆｕｌｌ　１２３", "😀🎉👍🏽 ", "،؟ éàü ", "…!?。，—", "\t\n\u200b\ufeff", "0123456789.%¥$")
MESSAGES = {
    "exact": "怎么退货？",
    "near": "我想问一下退货要怎么弄呢",
    "near in English": "could you tell me how i can send something back",
    "vague": "退款",
    "far": "who won the football match yesterday",
    "small talk": "你好",
    "small talk and a question": "你好，请问怎么退款？谢谢",
    "a person": "转人工",
    "several": "运费是多少？发票怎么开？",
    "several in English": "How much is shipping? And can I get an invoice?",
    "misspelt": "how do i cancle my ordr",
    "misheard": "怎么申请推款",
    "pinyin": "zenme tuikuan",
    "traditional": "請問運費怎麼計算？",
    "mixed": "我的 order 还没 arrived，怎么 refund",
    "another language": "¿Cuánto cuesta el envío a España?",
    "emoji": "😀😀🎉",
    "signs": "？？？！……",
    "empty": "",
    "blank": " \n\t\u3000",
    "one": "退",
    "one letter": "a",
    "long": "我想退货，但是不知道运费谁出。" * 667,
    "long without a break": "a" * 10_000,
    "numbers": "7天还是30天 12345678901 ¥99.90",
    "markup": "<script>alert(1)</script> {{ x }} %s %d \\u0000",
    "nothing and backwards": "\u0000 \u202e订单",
}
BEFORE = {
    "answered": (Exchange("运费怎么算？", "…", "shipping", about=("shipping",)),),
    "asked in English": (
        Exchange("How much does shipping cost?", "…"),
        Exchange("do you ship abroad", "…", asked="How much does shipping cost? do you ship abroad"),
    ),
}
BUILT: dict[int, Snapshot] = {}  # once for all tests: their files outlive the databases
FOLLOW_UPS = ("那退货呢？", "and abroad?", "no, I meant the invoice", "那发票呢？还有运费多少？", "第一个", "it", "😀", "")


@pytest.fixture
def demo(base: KnowledgeBase) -> KnowledgeBase:
    return demo_of(base, 25)


@pytest.fixture
def whole_demo(base: KnowledgeBase) -> KnowledgeBase:
    return demo_of(base, len(content.faqs()))


def demo_of(base: KnowledgeBase, num_faqs: int) -> KnowledgeBase:
    facade.use_encoder("hash")
    few = [{**faq, "variants": {language: texts[:4] for language, texts in faq["variants"].items()}} for faq in content.faqs()[:num_faqs]]
    facade.replace_knowledge(base.pk, faqs=few, articles=content.articles()[:4], intents=content.intents())
    if built := BUILT.get(num_faqs):
        kept = {"manifest": built.manifest, "report": built.report}
        snapshots.switch(Snapshot.objects.create(id=built.pk, knowledge_base=base, number=1, **kept), actor="ada")
    else:
        BUILT[num_faqs] = snapshots.publish(base.pk, actor="ada")
    replaying._opened.cache_clear()
    return base


def questions(base: KnowledgeBase) -> Iterator[Question]:
    """One of each kind, in the language that is detected and in both others; after what was said before; and what was just offered."""
    keys = [key for key, _title in facade.faq_titles(base.pk)]
    before = {**BEFORE, "offered": (Exchange("退", "您想问的是不是：", options=tuple(keys[:3]), about=tuple(keys[:1])),)}
    before["answered"] = (replace(BEFORE["answered"][0], faq=keys[5], about=(keys[5],)),)
    for text in (*MESSAGES.values(), *facade.sample_questions(base.pk, 30)):
        for language in ("zh", "en") if text in MESSAGES.values() else (None,):
            yield Question(text, now(), language)  # type: ignore[arg-type]
    for history in before.values():
        for text in (*FOLLOW_UPS, *MESSAGES.values(), facade.faq_titles(base.pk)[1][1]):
            yield Question(text, now(), None, history)


def trace_of(site: Site, question: Question) -> dict[str, Any]:
    """As it comes back from the database."""
    language = question.language or facade.detect_language(question.text)
    opened = facade.open_knowledge(site.knowledge_base_id)
    parts = DecidingStages(site, opened, language, may_cache=False)
    decision = pipeline.decide(replace(question, language=language), language, replace(parts.stages(), look_up=lambda _question: None))
    return json.loads(json.dumps({**parts.trace, "route": decision.route}))  # type: ignore[no-any-return]


@pytest.mark.thorough
def test_every_trace_is_reproduced_from_what_it_keeps(site: Site, whole_demo: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    traces = [trace_of(site, question) for question in questions(whole_demo)]
    bands = {trace["faq"]["band"] for trace in traces if "faq" in trace}
    reasons = {trace["faq"]["reason"] for trace in traces if "faq" in trace}
    assert bands == set(Band)
    assert {"exact", "chosen"} < reasons
    assert max(len(trace["replay"]["vectors"]) for trace in traces) <= 16
    assert any("context" in trace.get("faq", {}) for trace in traces)
    assert any("spelt" in trace.get("faq", {}) for trace in traces)
    monkeypatch.setattr("knowledge.encoding.encoder", lambda: pytest.fail("a replay needs no encoder"))
    differing = {trace["replay"]["text"][:40]: replayed for trace in traces if (replayed := facade.replay(trace)) != Replayed()}
    assert differing == {}


def test_a_trace_keeps_no_vectors_of_the_question_before(site: Site, demo: KnowledgeBase) -> None:
    trace_of(site, Question("how much is shipping", now(), "en"))
    assert len(trace_of(site, Question("who won the football match", now(), "en"))["replay"]["vectors"]) == 1


def test_what_a_replay_finds_otherwise_is_named(site: Site, demo: KnowledgeBase) -> None:
    trace = trace_of(site, Question("could you tell me how i can send something back", now(), "en"))
    trace["faq"]["candidates"][0]["p"] += 0.01
    trace["faq"]["band"] = "refuse"
    assert [one.where for one in facade.replay(trace).differences] == ["faq.band", "faq.candidates.0.p"]


def test_a_trace_is_replayed_in_the_snapshot_that_it_names(site: Site, demo: KnowledgeBase) -> None:
    trace = trace_of(site, Question("how much is shipping", now(), "en"))
    facade.replace_knowledge(demo.pk, faqs=content.faqs()[:3], articles=[], intents=[])
    snapshots.publish(demo.pk, actor="ada")
    assert facade.replay(trace) == Replayed()
    Snapshot.objects.exclude(pk=demo.pk).filter(pk=trace["snapshot"]).delete()
    replaying._opened.cache_clear()
    assert "is not there any more" in facade.replay(trace).refusal


def test_a_trace_without_what_it_needs_says_so(site: Site, demo: KnowledgeBase) -> None:
    trace = trace_of(site, Question("how much is shipping", now(), "en"))
    assert "does not hold" in facade.replay({**trace, "replay": {**trace["replay"], "vectors": {}}}).refusal
    assert "was not routed" in facade.replay({name: value for name, value in trace.items() if name != "replay"}).refusal
    assert "was not routed" in facade.replay({}).refusal


def test_personal_data_is_not_in_the_trace_and_comes_from_the_message(site: Site, demo: KnowledgeBase) -> None:
    """Without the message there is no telling what it was."""
    text = "how much is shipping to me, my phone is 13800138000"
    kept = trace_masked(trace_of(site, Question(text, now(), "en", (Exchange("call 13900139000", "", asked="call 13900139000"),))))
    assert "13" not in kept["replay"]["text"] + kept["replay"]["history"][0]["question"]
    assert facade.replay(kept, [text, "call 13900139000"]) == Replayed()
    assert "personal data" in facade.replay(kept, [text]).refusal


def test_the_command_says_same_or_what_differs(site: Site, demo: KnowledgeBase, capsys: pytest.CaptureFixture[str]) -> None:
    turn = turn_at(talk_at(site, now()), now())
    kept = Trace.objects.create(turn=turn, data=trace_of(site, Question("how much is shipping", now(), "en")))
    call_command("replay_trace", str(turn.pk))
    assert capsys.readouterr().out.strip() == "the same"
    kept.data["faq"]["reason"] = "because"
    kept.save()
    with pytest.raises(SystemExit):
        call_command("replay_trace", str(turn.pk))
    assert 'faq.reason: "because" →' in capsys.readouterr().out
    with pytest.raises(CommandError, match="no trace"):
        call_command("replay_trace", str(uuid4()))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_written_is_routed(site: Site, demo: KnowledgeBase, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - the same at every run
    opened = facade.open_knowledge(demo.pk)
    for _ in range(60):
        signs = "".join(draw.sample(ALPHABETS, draw.randint(1, 3)))
        text = "".join(draw.choices(signs, k=draw.choice([1, 2, 7, 30, 400])))
        history = draw.choice([(), *BEFORE.values()])
        question = Question(text, now(), draw.choice([None, "zh", "en"]), history)
        assert opened.detect_intent(question).key
        match = opened.find_faq(question)
        assert match.band in Band
        assert (match.answer is not None) == (match.band is Band.ANSWER)
        assert len(opened.find_evidence(question, match)) <= 3


def test_lone_surrogates_are_routed(demo: KnowledgeBase, company: Company) -> None:
    question = Question("\ud83d 运费 \udc00", now(), "zh")
    opened = facade.open_knowledge(demo.pk)
    assert opened.detect_intent(question).key
    assert opened.find_faq(question).band in Band
