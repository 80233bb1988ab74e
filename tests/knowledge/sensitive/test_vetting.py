"""Vetting: words of ordinary speech are refused with a reason and the texts they flag; words that are meant stay."""

from __future__ import annotations

import pytest

from knowledge.contracts import Direction
from knowledge.sensitive.matcher import build_matcher
from knowledge.sensitive.ordinary.chance import chance
from knowledge.sensitive.ordinary.texts import ordinary_texts
from knowledge.sensitive.starter import starter_allowed, starter_terms
from knowledge.sensitive.terms import Term
from knowledge.sensitive.vetting import Why, vet


def refused(*words, messages=(), texts=()):
    return {refusal.text: refusal for refusal in vet([Term(word) for word in words], messages, texts).refused}


@pytest.mark.parametrize(
    "word", ["没有", "手机", "其他", "您好", "银行卡", "支持", "沒-有", "item", "http", ".com", "64", "av", "xinjiang", "货到付款", "的我", "妈"]
)
def test_ordinary_words_are_refused(word):
    assert word in refused(word, "塑胶炸弹")


@pytest.mark.parametrize("word", ["塑胶炸弹", "傻逼", "强奸", "海洛因", "fuck", "bitches", "whore", "www.qq888.us", "法轮大法好", "cocksucker"])
def test_words_that_are_meant_stay(word):
    assert refused(word) == {}


def test_a_refusal_names_texts_that_the_word_flags():
    refusal = refused("退款")["退款"]
    assert refusal.why is Why.USED
    assert refusal.texts
    assert all("退款" in text for text in refusal.texts)


def test_a_word_across_the_border_of_two_common_words_is_refused():
    assert refused("们可")["们可"].why in (Why.USED, Why.CHANCE)


def test_what_a_company_says_itself_is_a_witness_too():
    messages = ["蓝莓酱多少钱", "还有蓝莓酱吗", "蓝莓酱一瓶多大"]
    assert refused("蓝莓酱") == {}
    assert refused("蓝莓酱", messages=messages)["蓝莓酱"].texts == tuple(messages)
    assert refused("蓝莓酱", texts=messages[:1])["蓝莓酱"].why is Why.USED


def test_abuse_in_real_messages_takes_no_word_of_abuse_away():
    assert refused("傻逼", messages=["你们是傻逼吗", "傻逼客服", "一群傻逼"]) == {}


def test_the_larger_the_list_the_rarer_its_words_must_be():
    pairs = [first + second for first in "间单员货天件箱包" for second in "都要可能在就会到"]
    crowd = [pair for pair in pairs if 1e-6 < chance(pair) < 7e-6 and not refused(pair)]
    assert refused("间都") == {}
    assert refused("间都", *crowd)["间都"].why is Why.CHANCE


def test_the_starter_is_silent_on_shipped_texts_but_for_what_asks_about_fraud():
    words = build_matcher([starter_terms()], starter_allowed())
    flagged = {text: words.check(text, Direction.VISITOR).hits for text in ordinary_texts()}
    assert {hits[0].term for hits in flagged.values() if hits} == {"刷单", "加微信", "套现", "don't want to live"}
