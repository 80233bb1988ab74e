"""Rules decide for a category, a direction and a site what a word leads to; the nearest one holds."""

from __future__ import annotations

import threading

import pytest

from csbot.accounts.models import Company, Site
from knowledge.contracts import Direction, Level
from knowledge.models import KnowledgeBase, Word, WordList, WordRule
from knowledge.sensitive.matcher import Matcher
from knowledge.word_cache import CHECK_EVERY_S, LARGE, FilterCache, Listed
from knowledge.words import Rows, forget_word_filters, word_filter

pytestmark = pytest.mark.django_db
VISITOR, BOT, AGENT = Direction


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def word(company: Company) -> Word:
    return Word.objects.create(word_list=WordList.objects.create(company=company, name="ours"), term="grobnik", category="rivals", level="block")


@pytest.fixture
def other_site(company: Company, base: KnowledgeBase) -> Site:
    return Site.objects.create(company=company, knowledge_base=base, key="two", name="Two", default_language="en")


def rule(company: Company, action: str, *, category: str = "rivals", direction: str = "", site: Site | None = None) -> WordRule:
    return WordRule.objects.create(company=company, site=site, category=category, direction=direction, action=action)


def seen(company: Company, site: Site | None = None, direction: Direction = VISITOR, text: str = "a grobnik") -> tuple[Level, str]:
    (hit,) = word_filter(company.pk, site.pk if site else None).check(text, direction).hits
    return hit.level, hit.why


def test_without_a_rule_it_is_the_words_own_level(company: Company, site: Site) -> None:
    assert {seen(company, site, direction) for direction in Direction} == {(Level.BLOCK, "")}


def test_a_rule_holds_for_its_category_and_direction_alone(company: Company, site: Site) -> None:
    rule(company, "mask", direction="bot")
    rule(company, "log only", category="else", direction="visitor")
    assert [seen(company, site, direction) for direction in Direction] == [(Level.BLOCK, ""), (Level.MASK, "company"), (Level.BLOCK, "")]


def test_the_rule_of_a_site_holds_there_alone(company: Company, site: Site, other_site: Site) -> None:
    rule(company, "mask", site=site)
    rule(company, "warn agent")
    assert seen(company, site) == (Level.MASK, "site")
    assert seen(company, other_site) == seen(company) == (Level.WARN_AGENT, "company")


@pytest.mark.parametrize(
    ("wide", "near"),
    [({"category": ""}, {}), ({}, {"direction": "visitor"}), ({"category": "", "direction": "visitor"}, {})],
)
def test_what_is_named_is_nearer_than_what_holds_everywhere(company: Company, wide: dict[str, str], near: dict[str, str]) -> None:
    rule(company, "log only", **wide)  # type: ignore[arg-type]
    rule(company, "mask", **near)  # type: ignore[arg-type]
    assert seen(company) == (Level.MASK, "company")


def test_the_stream_acts_by_the_rule_too(company: Company, site: Site) -> None:
    rule(company, "mask", direction="bot", site=site)
    stream = word_filter(company.pk, site.pk).open_stream(BOT)
    assert (stream.feed("a grobnik here") + stream.flush(), stream.stopped) == ("a ******* here", None)
    blocked = word_filter(company.pk).open_stream(BOT)
    assert (blocked.feed("a grobnik here") + blocked.flush(), blocked.stopped) == ("a ", Level.BLOCK)


def test_an_agent_may_name_what_a_visitor_in_need_said(company: Company, word: Word) -> None:
    assert seen(company, direction=VISITOR, text="kill myself")[0] is Level.HAND_OVER
    assert seen(company, direction=AGENT, text="kill myself") == (Level.WARN_AGENT, "shipped")
    Word.objects.create(word_list=word.word_list, term="kill myself", category="self-harm", level="block")
    forget_word_filters()
    assert seen(company, direction=AGENT, text="kill myself") == (Level.BLOCK, "")


def test_a_rule_is_the_companys_own(company: Company, word: Word) -> None:
    other = Company.objects.create(name="Other", slug="other")
    Word.objects.create(word_list=WordList.objects.create(company=other, name="theirs"), term="grobnik", category="rivals", level="block")
    rule(other, "log only")
    assert (seen(company)[0], seen(other)[0]) == (Level.BLOCK, Level.LOG_ONLY)


def test_a_changed_rule_counts_soon_and_compiles_nothing(company: Company, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    clock, source = Clock(), Counting()
    filters = FilterCache(source, clock)
    before = filters.get(company.pk).version
    made = rule(company, "mask")
    clock.now += CHECK_EVERY_S
    set_ = filters.get(company.pk).version
    made.action = "log only"
    made.save()
    clock.now += CHECK_EVERY_S
    assert len({before, set_, filters.get(company.pk).version}) == 3
    assert source.compiled == 1


class Counting(Rows):
    """Counts what it compiles, and waits with it where a test says so."""

    def __init__(self) -> None:
        self.compiled = 0
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def compile(self, listed: Listed) -> Matcher:
        self.may_go_on.wait(10)
        self.compiled += 1
        return super().compile(listed)


def test_while_many_words_are_compiled_the_old_ones_filter_and_nobody_waits(company: Company, word: Word) -> None:
    clock, source = Clock(), Counting()
    filters = FilterCache(source, clock)
    old = filters.get(company.pk)
    Word.objects.bulk_create(Word(word_list=word.word_list, term=f"zorblax{number}qx", level="block") for number in range(LARGE))
    source.may_go_on.clear()
    clock.now += CHECK_EVERY_S
    assert filters.get(company.pk) is old
    assert filters.get(company.pk).check("a grobnik", VISITOR).level is Level.BLOCK
    source.may_go_on.set()
    for thread in threading.enumerate():
        if thread.name == "words":
            thread.join(30)
    assert filters.get(company.pk).check("zorblax77qx", VISITOR).level is Level.BLOCK


@pytest.mark.parametrize("action", ["mask", "block"])
@pytest.mark.parametrize("text", ["I want to kill myself", "我想自杀，不想活了"])
def test_what_hides_every_category_hides_no_cry_for_help(company: Company, site: Site, action: str, text: str) -> None:
    rule(company, action, category="")
    rule(company, action, category="", direction="visitor", site=site)
    verdict = word_filter(company.pk, site.pk).check(text, VISITOR)
    assert (verdict.text, verdict.is_in_need) == (text, True)
    assert seen(company, site)[1] == "site"
    rule(company, action, category="self-harm", site=site)
    forget_word_filters()
    assert not word_filter(company.pk, site.pk).check(text, VISITOR).is_in_need
