"""The demo company: complete, in both languages, without contradictions in itself."""

from __future__ import annotations

import re
from calendar import month_name
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command

from csbot.accounts.models import Site
from csbot.demo import content
from csbot.demo.seeding import seed
from knowledge import facade as knowledge
from knowledge.contracts import LANGUAGES, Direction
from knowledge.faq.examples import background_texts
from knowledge.faq.normalise import exact_key
from knowledge.intent.definitions import definitions_from
from knowledge.models import Article, Faq

FACTS = {f"F{number:03}" for number in range(1, 163)}
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
HAN = re.compile(r"[\u4e00-\u9fff]")
FEW = content.faqs()[:4]


def test_every_fact_is_answered() -> None:
    assert {fact for faq in content.faqs() for fact in faq["facts"]} == FACTS


@pytest.mark.parametrize("faq", content.faqs(), ids=lambda faq: faq["key"])
def test_a_faq_is_whole(faq: dict[str, dict[str, list[str]]]) -> None:
    for language in ("zh", "en"):
        assert len(set(faq["variants"][language])) >= 3
        assert faq["answers"][language]


def test_no_phrasing_leads_to_two_faqs() -> None:
    keys = Counter(exact_key(text) for faq in content.faqs() for language in LANGUAGES for text in faq["variants"][language])
    assert [key for key, count in keys.items() if count > 1] == []


def test_no_question_of_other_trades_is_one_of_ours() -> None:
    ours = {exact_key(text) for faq in content.faqs() for language in LANGUAGES for text in faq["variants"][language]}
    assert [text for text, _ in background_texts() if exact_key(text) in ours] == []


def test_there_are_a_hundred_faqs_and_no_key_twice() -> None:
    keys = [faq["key"] for faq in content.faqs()]
    assert len(keys) == len(set(keys)) >= 100


@pytest.mark.parametrize("faq", content.faqs(), ids=lambda faq: faq["key"])
def test_both_languages_say_the_same_numbers(faq: dict[str, dict[str, str]]) -> None:
    assert _numbers(faq["answers"]["zh"]) == _numbers(faq["answers"]["en"])


@pytest.mark.parametrize("key", sorted({article["key"] for article in content.articles()}))
def test_an_article_says_the_same_numbers_in_both_languages_and_is_long_enough(key: str) -> None:
    bodies = {article["language"]: article["body"] for article in content.articles() if article["key"] == key}
    assert _numbers(bodies["zh"]) == _numbers(bodies["en"])
    assert 300 <= len(HAN.findall(bodies["zh"])) <= 800
    assert 300 <= len(bodies["en"].split()) <= 800


def _numbers(text: str) -> set[str]:
    """English months count as the numbers that Chinese writes them with."""
    told = {str(number) for number, month in enumerate(month_name) if month and month in text}
    return told | {number.replace(",", "") for number in NUMBER.findall(text)}


def test_there_are_six_articles_in_both_languages() -> None:
    found = Counter(article["language"] for article in content.articles())
    assert found == {"zh": 6, "en": 6}


def test_the_intents_can_be_read() -> None:
    intents = {intent.key: intent for intent in definitions_from(content.intents())}
    assert {intents[key].action for key in ("human", "complaint")} == {"handoff"}
    assert intents["out_of_scope"].action == "refuse"
    for intent in intents.values():
        assert min(len(intent.examples[language]) for language in LANGUAGES) >= 12


def test_the_site_speaks_both_languages_about_the_same_things() -> None:
    texts = content.company()["site"]["texts"]
    assert set(texts) == set(LANGUAGES)
    assert set(texts["zh"]) == set(texts["en"])


@pytest.mark.django_db
def test_seeding_twice_changes_nothing() -> None:
    first, second = seed(), seed()
    assert (first.changed, second.changed) == (True, False)
    assert (second.site.pk, second.knowledge_base) == (first.site.pk, first.knowledge_base)
    assert (Site.objects.get().key, Faq.objects.count(), Article.objects.count()) == ("demo", len(content.faqs()), 12)


@pytest.mark.django_db
def test_what_a_start_wrote_and_did_not_publish_is_asked_for_by_the_next() -> None:
    assert seed().needs_publishing
    assert seed().needs_publishing


@pytest.mark.django_db
def test_the_command_publishes_once_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "faqs", lambda: FEW)
    monkeypatch.setattr(content, "articles", lambda: [])
    monkeypatch.setattr(content, "conversations", lambda: [])
    first, second = _seed_demo("--publish"), _seed_demo("--publish")
    assert [line.split(" (")[0] for line in first.splitlines()] == ["site demo: written", "published"]
    assert [line.split(" (")[0] for line in second.splitlines()] == ["site demo: unchanged"]


@pytest.mark.django_db
def test_the_command_says_what_visitors_do_not_see_yet() -> None:
    assert "do not see it yet" in _seed_demo()


def _seed_demo(*options: str) -> str:
    out = StringIO()
    call_command("seed_demo", *options, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_no_text_of_ours_trips_the_word_filter() -> None:
    words = knowledge.word_filter(seed().site.company_id)
    texts = [faq["answers"][language] for faq in content.faqs() for language in LANGUAGES] + [article["body"] for article in content.articles()]
    texts += [text for intent in content.intents() for text in intent["replies"].values()]
    texts += [text for language in LANGUAGES for text in content.company()["site"]["texts"][language].values()]
    assert [text for text in texts if words.check(text, Direction.BOT).hits] == []
