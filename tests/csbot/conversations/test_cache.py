"""Common answers come from the cache, exactly: only for the same question under the same conditions, and never unfiltered."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisGone

from csbot.accounts.models import Site
from csbot.conversations import cache, shadowing
from csbot.conversations.asking import Reply, question_ask
from csbot.conversations.contracts import Decision
from csbot.conversations.models import Turn
from csbot.conversations.personal import is_personal
from csbot.conversations.services.feedback import message_rate
from csbot.conversations.sessions import VisitorSession
from csbot.conversations.shadowing import cached_check, same_answer
from csbot.conversations.stages import DecidingStages
from csbot.lib import redis, status
from csbot.lib.clock import now
from csbot.lib.status import WorkerStatus, status_write
from csbot.lookups.models import Lookup
from knowledge import words
from knowledge.contracts import Question
from knowledge.models import Word, WordList
from tests.csbot.conversations.fakes import ANSWERS, EVIDENCE, FakeKnowledge

ASKED = "answer me: when do you ship?"
ANSWER = Decision(
    "answer", "faq", "en", text="We ship within 2 days.", faq="shipping", sources=({"type": "faq", "id": "s", "title": "t", "url": ""},)
)


def find(keys: cache.Keys, text: str = "q", *, same: bool = True) -> cache.Found | None:
    return cache.cache_find(keys, text, lambda _, __: same)


# --- through the running product -------------------------------------------------------------------------------------


def ask(text: str = ASKED) -> Reply:
    return question_ask(text, timeout_s=20)


def thumb_down(reply: Reply, value: int = -1) -> None:
    session = VisitorSession(reply.conversation.company_id, reply.conversation.site_id, reply.conversation.visitor_id)
    message_rate(session=session, message_id=str(reply.messages[0].pk), value=value)


def came_from(reply: Reply) -> str | None:
    origin: str | None = reply.turn.trace.data.get("cache")
    return origin


@pytest.mark.usefixtures("running", "site")
def test_the_same_question_again_comes_from_the_cache() -> None:
    first, second = ask(), ask("Answer me, when do you ship")
    assert (came_from(first), came_from(second)) == (None, "exact")
    assert second.messages[0].text == first.messages[0].text == ANSWERS["shipping"]["en"]
    assert second.messages[0].wrap["sources"] == first.messages[0].wrap["sources"]


@pytest.mark.usefixtures("running", "site")
def test_a_thumb_down_evicts_the_answer_and_a_thumb_up_does_not() -> None:
    ask()
    for value, origin in ((1, "exact"), (-1, None)):
        reply = ask()
        assert came_from(reply) == "exact"
        thumb_down(reply, value)
        assert came_from(ask()) == origin


@pytest.mark.usefixtures("running", "site")
@pytest.mark.parametrize("text", ["clarify: sending", "hello", "person please", "something else"])
def test_only_answers_are_remembered(text: str) -> None:
    ask(text)
    assert came_from(ask(text)) is None


@pytest.mark.usefixtures("running", "site")
def test_within_a_conversation_earlier_turns_may_change_what_is_meant() -> None:
    first = ask()
    again = question_ask(ASKED, conversation_id=str(first.conversation.pk), timeout_s=20)
    assert came_from(again) is None


@pytest.mark.usefixtures("running", "site")
def test_a_question_of_the_same_telling_words_comes_from_the_cache_and_a_thumb_down_evicts_it_for_all() -> None:
    ask()
    near = ask("answer me: when would you ship it?")
    assert came_from(near) == "meaning"
    assert near.messages[0].text == ANSWERS["shipping"]["en"]
    thumb_down(near)
    assert (came_from(ask()), came_from(ask("answer me: when can you ship?"))) == (None, None)


@pytest.mark.usefixtures("running", "site")
def test_an_answer_that_is_hardly_sure_comes_back_for_its_own_words_only() -> None:
    ask("answer hardly: when do you ship")
    assert came_from(ask("answer hardly: when can you ship")) is None
    assert came_from(ask("answer hardly: when do you ship?")) == "exact"


@pytest.mark.usefixtures("running", "site")
def test_a_complete_generated_answer_comes_back_whole_and_goes_with_a_thumb_down() -> None:
    first, second = ask("generate: how is green tea brewed"), ask("generate: how is green tea brewed?")
    assert (came_from(first), came_from(second)) == (None, "exact")
    assert second.messages[0].text == first.messages[0].text != ""
    assert (second.turn.route, second.turn.gen) == ("generate", None)
    assert second.messages[0].wrap == first.messages[0].wrap
    thumb_down(second)
    assert came_from(ask("generate: how is green tea brewed")) is None


@pytest.mark.usefixtures("running", "site")
def test_a_generated_answer_stands_for_its_own_words_only() -> None:
    ask("generate: do you brew the tea")
    assert came_from(ask("generate: do I brew the tea")) is None
    assert came_from(ask("generate: do you brew the tea")) == "exact"


@pytest.mark.usefixtures("running", "site")
@pytest.mark.parametrize(("seconds", "kept"), [(90, range(30, 91)), (-1, range(-2, -1))])
def test_a_generated_answer_goes_when_what_it_rests_on_changes(monkeypatch: pytest.MonkeyPatch, seconds: int, kept: range) -> None:
    find_faq, until = FakeKnowledge.find_faq, now() + timedelta(seconds=seconds)
    monkeypatch.setattr(FakeKnowledge, "find_faq", lambda self, question: replace(find_faq(self, question), holds_until=until))
    reply = ask("generate: how is green tea brewed")
    assert reply.messages[0].wrap["finish"] == "stop"
    assert redis.connection().ttl(reply.turn.decision["cache"]["exact"]) in kept


@pytest.mark.usefixtures("running", "site")
def test_what_a_check_finds_stands_with_the_turn_and_evicts_what_is_not_answered_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shadowing, "is_chosen", lambda _: False)  # no check but the two below
    ask()
    right, wrong = ask(), ask()
    cached_check(str(right.turn.pk))
    assert Turn.objects.get(pk=right.turn.pk).decision["shadow"] == "same"
    assert came_from(ask()) == "exact"
    monkeypatch.setitem(ANSWERS, "shipping", {"en": "Not any more."})
    cached_check(str(wrong.turn.pk))
    assert Turn.objects.get(pk=wrong.turn.pk).decision["shadow"] == "other"
    assert came_from(ask()) is None


@pytest.mark.usefixtures("running", "site")
def test_the_background_worker_checks_what_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shadowing, "ONE_IN", 1)
    ask()
    turn = ask().turn
    deadline = time.monotonic() + 20
    while "shadow" not in Turn.objects.get(pk=turn.pk).decision and time.monotonic() < deadline:
        time.sleep(0.05)
    assert Turn.objects.get(pk=turn.pk).decision["shadow"] == "same"


def test_one_cached_answer_in_fifty_is_chosen_and_the_same_ones_at_every_try() -> None:
    chosen = [number for number in range(1000) if shadowing.is_chosen(UUID(int=number))]
    assert len(chosen) == 20
    assert chosen == [number for number in range(1000) if shadowing.is_chosen(UUID(int=number))]


def test_answers_are_the_same_by_their_text_and_generated_ones_by_their_best_evidence() -> None:
    generated = Decision("generate", "evidence", "en", text="80 degrees.", evidence=(EVIDENCE,))
    assert same_answer(ANSWER, replace(ANSWER, sources=()))
    assert not same_answer(ANSWER, replace(ANSWER, faq="returns"))
    assert not same_answer(ANSWER, replace(ANSWER, route="clarify"))
    assert same_answer(generated, replace(generated, text=""))
    assert not same_answer(generated, replace(generated, evidence=(replace(EVIDENCE, text="90 degrees."),)))


# --- the key ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def ready(redis_clean: None) -> None:
    new_worker()


def stages(site: Site, *, language: Any = "en", snapshot: str = "one") -> DecidingStages:
    opened = FakeKnowledge()
    opened.snapshot = snapshot
    return DecidingStages(site, opened, language, may_cache=True)


def new_worker(*, model: str = "small", prompt: str = "1") -> None:
    status_write("generation", WorkerStatus("ready", model=model, prompt=prompt))
    status._generation_status.cache_clear()


def new_word(site: Site) -> None:
    Word.objects.create(word_list=WordList.objects.create(company=site.company, name="house"), term="grobnik", level=Word.Level.MASK, category="t")
    words.forget_word_filters()


CHANGES: dict[str, Callable[[Site], object]] = {
    "model": lambda site: new_worker(model="large"),
    "prompt": lambda site: new_worker(prompt="2"),
    "word list": new_word,
    "lookup": lambda site: Lookup.objects.create(company=site.company, key="orders", url="https://example.com/{order}"),
}


@pytest.mark.usefixtures("ready")
def test_the_key_is_the_same_for_the_same_question_in_other_signs(site: Site) -> None:
    assert stages(site).cache_keys("When do you ship?") == stages(site).cache_keys("  when do you SHIP ")


@pytest.mark.usefixtures("ready")
def test_the_meaning_is_the_same_where_only_empty_words_differ(site: Site) -> None:
    one, other = stages(site).cache_keys("How do I return an order?"), stages(site).cache_keys("How can we return the orders?")
    assert one.meaning == other.meaning != ""
    assert one.exact != other.exact


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_new_model_prompt_word_list_or_lookup_makes_every_key_new(site: Site, change: Callable[[Site], object]) -> None:
    before = asdict(stages(site).cache_keys(ASKED))
    change(site)
    after = asdict(stages(site).cache_keys(ASKED))
    assert all(before[name] != after[name] for name in ("exact", "meaning", "scope"))


@pytest.mark.usefixtures("ready")
def test_site_language_snapshot_and_text_are_parts_of_the_key(site: Site) -> None:
    other = Site.objects.create(company=site.company, knowledge_base=site.knowledge_base, key="other", name="Other", default_language="en")
    keys = [
        stages(site).cache_keys(ASKED),
        stages(other).cache_keys(ASKED),
        stages(site, language="zh").cache_keys(ASKED),
        stages(site, snapshot="two").cache_keys(ASKED),
        stages(site).cache_keys("answer me: do you ship on Sundays?"),
    ]
    assert len({key for found in keys for key in (found.exact, found.meaning)}) == 2 * len(keys)


@given(st.lists(st.lists(st.text(max_size=4), max_size=4), min_size=2, max_size=2, unique_by=tuple))
def test_different_parts_never_share_a_key(parts: list[list[str]]) -> None:
    assert cache.cache_key(parts[0]) != cache.cache_key(parts[1])


# --- what comes out --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(("level", "shown"), [(Word.Level.MASK, "We ship within *******."), (Word.Level.BLOCK, "I cannot respond to this.")])
def test_a_remembered_text_passes_the_word_filter_of_now(site: Site, level: str, shown: str) -> None:
    """Also where the key did not change, such as a word that another process has just learned."""
    word_list = WordList.objects.create(company=site.company, name="house")
    Word.objects.create(word_list=word_list, term="grobnik", level=level, category="test")
    parts = stages(site)
    cache.cache_put(parts.cache_keys(ASKED), ASKED, replace(ANSWER, text="We ship within grobnik."), is_sure=True)
    found = parts.recall(Question(ASKED, now=None, language="en"))  # type: ignore[arg-type]
    assert found is not None
    assert found.text.startswith(shown)
    assert "grobnik" not in found.text
    assert parts.trace["cache"] == "exact"


BAD = ["{", "{}", "[]", "1", json.dumps({"decision": {"route": "answer"}, "question": "q"}), json.dumps({"decision": {}, "question": "q", "new": 1})]


@pytest.mark.usefixtures("redis_clean")
@pytest.mark.parametrize("entry", BAD)
def test_an_entry_of_another_version_is_as_good_as_none(entry: str) -> None:
    keys = cache.keys_of(["s"], "exact", "meaning")
    redis.connection().set(keys.exact, entry)
    redis.connection().set(keys.meaning, keys.exact)
    assert find(keys) is None
    cache.cache_evict(keys.exact)


class Gone:
    """Redis that went away."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def refuse(*_: object, **__: object) -> Any:
            raise RedisGone("connection refused")

        return refuse


def test_a_lost_redis_costs_only_the_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "connection", Gone)
    keys = cache.keys_of(["s"], "exact", "meaning")
    cache.cache_put(keys, "q", ANSWER, is_sure=True)
    cache.cache_evict(keys.exact)
    cache.check_count(keys, False, holds=lambda wrong, checked: False)
    assert find(keys) is None


@pytest.mark.usefixtures("redis_clean")
def test_an_answer_is_kept_until_what_it_rests_on_changes_by_itself(site: Site) -> None:
    parts, keys = stages(site), stages(site).cache_keys(ASKED)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for seconds, expected in ((0, range(-2, -1)), (90, range(80, 91)), (10**7, range(cache.EXPIRY_S - 10, cache.EXPIRY_S + 1))):
        cache.cache_evict(keys.exact)
        found = parts.find_faq(Question(ASKED, now=moment, language="en"))
        parts.match = replace(found, holds_until=moment + timedelta(seconds=seconds))
        parts.remember(Question(ASKED, now=moment, language="en"), ANSWER)
        assert redis.connection().ttl(keys.exact) in expected
        until = parts.remember(Question(ASKED, now=moment, language="en"), replace(ANSWER, route="generate", text=""))
        assert until == replace(keys, holds_until=(moment + timedelta(seconds=seconds)).timestamp())  # kept once it is written


# --- whose it is -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["where is A1001", "手机 138 0013 8000", "ann@example.com wrote", "订单２０２６０１０１", "card 1234-5678-9012"]
)
def test_what_names_somebodys_things_is_not_kept(site: Site, redis_clean: None, text: str) -> None:
    parts = stages(site)
    assert is_personal(text)
    question = Question(f"answer: {text}", now=datetime(2026, 1, 1, tzinfo=UTC), language="en")
    parts.find_faq(question)
    assert parts.remember(question, ANSWER) is None
    assert parts.recall(question) is None


@pytest.mark.parametrize("text", ["", "can I return it within 30 days", "超过7天还能退吗", "满99元包邮吗", "is 2026 a leap year"])
def test_a_number_of_days_or_money_names_nobody(text: str) -> None:
    assert not is_personal(text)
