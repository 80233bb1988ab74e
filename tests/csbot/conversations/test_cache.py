"""Common answers come from the cache, exactly: only for the same question under the same conditions, and never unfiltered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from redis.exceptions import ConnectionError as RedisGone

from csbot.accounts.models import Site
from csbot.conversations import cache
from csbot.conversations.asking import Reply, question_ask
from csbot.conversations.contracts import Decision
from csbot.conversations.services.feedback import message_rate
from csbot.conversations.sessions import VisitorSession
from csbot.conversations.stages import DecidingStages
from csbot.lib import redis, status
from csbot.lib.status import WorkerStatus, status_write
from knowledge import words
from knowledge.contracts import Question
from knowledge.models import Word, WordList
from tests.csbot.conversations.fakes import ANSWERS, FakeKnowledge

ASKED = "answer me: when do you ship?"
ANSWER = Decision(
    "answer", "faq", "en", text="We ship within 2 days.", faq="shipping", sources=({"type": "faq", "id": "s", "title": "t", "url": ""},)
)


# --- through the running product -------------------------------------------------------------------------------------


def ask(text: str = ASKED) -> Reply:
    return question_ask(text, timeout_s=20)


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
        session = VisitorSession(reply.conversation.company_id, reply.conversation.site_id, reply.conversation.visitor_id)
        message_rate(session=session, message_id=str(reply.messages[0].pk), value=value)
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
}


@pytest.mark.usefixtures("ready")
def test_the_key_is_the_same_for_the_same_question_in_other_signs(site: Site) -> None:
    assert stages(site).cache_key("When do you ship?") == stages(site).cache_key("  when do you SHIP ")


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_new_model_prompt_or_word_list_makes_every_key_new(site: Site, change: Callable[[Site], object]) -> None:
    before = stages(site).cache_key(ASKED)
    change(site)
    assert stages(site).cache_key(ASKED) != before


@pytest.mark.usefixtures("ready")
def test_site_language_snapshot_and_text_are_parts_of_the_key(site: Site) -> None:
    other = Site.objects.create(company=site.company, knowledge_base=site.knowledge_base, key="other", name="Other", default_language="en")
    keys = [
        stages(site).cache_key(ASKED),
        stages(other).cache_key(ASKED),
        stages(site, language="zh").cache_key(ASKED),
        stages(site, snapshot="two").cache_key(ASKED),
        stages(site).cache_key("answer me: do you ship?"),
    ]
    assert len(set(keys)) == len(keys)


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
    cache.cache_put(parts.cache_key(ASKED), replace(ANSWER, text="We ship within grobnik."))
    found = parts.recall(Question(ASKED, now=None, language="en"))  # type: ignore[arg-type]
    assert found is not None
    assert found.text.startswith(shown)
    assert "grobnik" not in found.text
    assert parts.trace["cache"] == "exact"


@pytest.mark.usefixtures("redis_clean")
@pytest.mark.parametrize("entry", ["{", "{}", json.dumps({"route": "answer"}), json.dumps({"evidence": [], "options": [], "sources": [], "new": 1})])
def test_an_entry_of_another_version_is_as_good_as_none(entry: str) -> None:
    redis.connection().set("k", entry)
    assert cache.cache_get("k") is None


class Gone:
    """Redis that went away."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def refuse(*_: object, **__: object) -> Any:
            raise RedisGone("connection refused")

        return refuse


def test_a_lost_redis_costs_only_the_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "connection", Gone)
    cache.cache_put("k", ANSWER)
    cache.cache_evict("k")
    assert cache.cache_get("k") is None


# --- against a dictionary --------------------------------------------------------------------------------------------

KEYS = st.sampled_from(["a", "b", "c"])
TEXTS = st.text(max_size=20)


class Model(RuleBasedStateMachine):
    """Whatever is put, read and evicted in whatever order: the cache knows what a dictionary knows."""

    @initialize()
    def empty(self) -> None:
        self.known: dict[str, Decision] = {}
        for key in "abc":
            cache.cache_evict(cache.cache_key([key]))

    @rule(key=KEYS, text=TEXTS)
    def put(self, key: str, text: str) -> None:
        self.known[key] = replace(ANSWER, text=text)
        cache.cache_put(cache.cache_key([key]), self.known[key])

    @rule(key=KEYS)
    def evict(self, key: str) -> None:
        self.known.pop(key, None)
        cache.cache_evict(cache.cache_key([key]))

    @invariant()
    def it_knows_what_a_dictionary_knows(self) -> None:
        for key in "abc":
            expected = self.known.get(key)
            assert cache.cache_get(cache.cache_key([key])) == (replace(expected, is_cached=True) if expected else None)


@pytest.mark.usefixtures("redis_clean")
def test_it_does_as_a_dictionary_does() -> None:
    run_state_machine_as_test(Model, settings=settings(max_examples=20, stateful_step_count=15, deadline=None))
