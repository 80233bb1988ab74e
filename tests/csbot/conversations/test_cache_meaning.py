"""Common answers by meaning: other words of the same question, and all orders of putting, reading and evicting against dictionaries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from csbot.accounts.models import Site
from csbot.conversations import cache
from csbot.conversations.contracts import Decision
from csbot.conversations.shadowing import promise_holds
from csbot.lib import redis
from knowledge import facade as knowledge

ANSWER = Decision(
    "answer", "faq", "en", text="We ship within 2 days.", faq="shipping", sources=({"type": "faq", "id": "s", "title": "t", "url": ""},)
)


def find(keys: cache.Keys, text: str = "q", *, same: bool = True) -> cache.Found | None:
    return cache.cache_find(keys, text, lambda _, __: same)


def pair(meaning: str = "m") -> tuple[cache.Keys, cache.Keys]:
    return cache.keys_of(["s"], "one", meaning), cache.keys_of(["s"], "other", meaning)


@pytest.mark.usefixtures("redis_clean")
def test_a_question_of_the_same_telling_words_gets_the_answer_unless_a_guard_objects() -> None:
    one, other = pair()
    cache.cache_put(one, "q", ANSWER, is_sure=True)
    assert find(other) == cache.Found(replace(ANSWER, is_cached=True), "meaning", one.exact)
    assert find(other, same=False) is None


@pytest.mark.usefixtures("redis_clean")
def test_an_answer_that_is_not_sure_enough_stands_for_its_own_words_only() -> None:
    one, other = pair()
    cache.cache_put(one, "q", ANSWER, is_sure=False)
    assert (find(one) is not None, find(other)) == (True, None)


@pytest.mark.usefixtures("redis_clean")
def test_who_evicts_an_answer_evicts_it_for_every_question_that_was_led_there() -> None:
    one, other = pair()
    cache.cache_put(one, "q", ANSWER, is_sure=True)
    cache.cache_evict(one.exact, is_meaning_unsure=True)
    assert (find(one), find(other)) == (None, None)
    cache.cache_put(one, "q", ANSWER, is_sure=True)
    assert (find(one) is not None, find(other)) == (True, None)  # its meaning is no sure sign any more


@pytest.mark.usefixtures("redis_clean")
def test_two_answers_under_one_meaning_say_that_it_is_no_sure_sign() -> None:
    one, other = pair()
    third = cache.keys_of(["s"], "third", "m")
    cache.cache_put(one, "q", ANSWER, is_sure=True)
    cache.cache_put(other, "q", replace(ANSWER, text="Never."), is_sure=True)
    assert find(third) is None
    assert find(other).decision.text == "Never."  # type: ignore[union-attr]


@pytest.mark.usefixtures("redis_clean")
def test_where_checks_show_too_many_wrong_ones_exact_words_alone_count() -> None:
    one, other = pair()
    cache.cache_put(one, "q", ANSWER, is_sure=True)
    cache.check_count(one, True, holds=promise_holds)
    assert find(other) is not None
    for _ in range(3):
        cache.check_count(one, False, holds=promise_holds)
    assert (find(one) is not None, find(other)) == (True, None)


@pytest.mark.parametrize(
    ("wrong", "checked", "holds"), [(0, 0, True), (0, 999, True), (1, 30, True), (3, 4, False), (4, 100, False), (10, 999, True)]
)
def test_the_promise_is_broken_only_where_the_checks_leave_no_doubt(wrong: int, checked: int, holds: bool) -> None:
    assert promise_holds(wrong, checked) is holds


def test_the_guards_look_at_both_questions(site: Site) -> None:
    assert knowledge.asks_the_same("怎么申请退款", "如何申请退款呢")
    for one, other in (("能退货吗", "不能退货吗"), ("7天内能退吗", "9天内能退吗"), ("Can I pay the seller?", "Can I pay the buyer?")):
        assert not knowledge.asks_the_same(one, other)


@pytest.mark.parametrize("text", ["", "?", "🧵🪡", "\x00", "half \ud83d", "好" * 10_000, "a" * 10_000, "请问一下"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_any_text_has_a_meaning_or_none(text: str, language: Any) -> None:
    assert knowledge.meaning_key(text, language) == knowledge.meaning_key(f" {text} ", language)


# --- against a dictionary --------------------------------------------------------------------------------------------

EXACT = st.sampled_from(["a", "b", "c", "d"])
MEANINGS = {"a": "m", "b": "m", "c": "n", "d": ""}
TEXTS = st.sampled_from(["yes", "no", "maybe"])


class Model(RuleBasedStateMachine):
    """Whatever is put, read and evicted in whatever order: the cache knows what three dictionaries know."""

    @initialize()
    def empty(self) -> None:
        redis.connection().flushdb()
        self.entries: dict[str, str] = {}
        self.leads: dict[str, str] = {}
        self.unsure: set[str] = set()

    def keys(self, exact: str) -> cache.Keys:
        return cache.keys_of(["s"], exact, MEANINGS[exact])

    @rule(exact=EXACT, text=TEXTS, is_sure=st.booleans())
    def put(self, exact: str, text: str, is_sure: bool) -> None:
        cache.cache_put(self.keys(exact), exact, replace(ANSWER, text=text), is_sure=is_sure)
        self.entries[exact] = text
        meaning = MEANINGS[exact]
        if not is_sure or not meaning:
            return
        there = self.leads.get(meaning, exact)
        if there != exact and self.entries.get(there, text) != text:
            self.unsure.add(meaning)
        else:
            self.leads[meaning] = exact

    @rule(exact=EXACT, unsure=st.booleans())
    def evict(self, exact: str, unsure: bool) -> None:
        cache.cache_evict(self.keys(exact).exact, is_meaning_unsure=unsure)
        if self.entries.pop(exact, None) is not None:
            self.leads.pop(MEANINGS[exact], None)
            self.unsure.update({MEANINGS[exact]} if unsure else ())

    @invariant()
    def it_knows_what_the_dictionaries_know(self) -> None:
        for exact, meaning in MEANINGS.items():
            found = find(self.keys(exact))
            by_meaning = None if meaning in self.unsure else self.entries.get(self.leads.get(meaning, ""))
            assert (found.decision.text if found else None) == self.entries.get(exact, by_meaning)
            assert found is None or found.decision.is_cached


@pytest.mark.usefixtures("redis_clean")
def test_it_does_as_dictionaries_do() -> None:
    run_state_machine_as_test(Model, settings=settings(max_examples=40, stateful_step_count=20, deadline=None))
