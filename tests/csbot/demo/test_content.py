"""The demo company: complete, in both languages, without contradictions in itself."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from csbot.accounts.models import Site
from csbot.demo import content
from csbot.demo.seeding import seed
from knowledge import facade as knowledge
from knowledge.contracts import Direction
from knowledge.faq.normalise import exact_key
from knowledge.models import Article, Faq

FACTS = {f"F{number:03}" for number in range(1, 163)}
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


def test_every_fact_is_answered() -> None:
    assert {fact for faq in content.faqs() for fact in faq["facts"]} == FACTS


@pytest.mark.parametrize("faq", content.faqs(), ids=lambda faq: faq["key"])
def test_a_faq_is_whole(faq: dict[str, dict[str, list[str]]]) -> None:
    for language in ("zh", "en"):
        assert len(set(faq["variants"][language])) >= 3
        assert faq["answers"][language]


def test_no_phrasing_leads_to_two_faqs() -> None:
    keys = Counter(exact_key(text) for faq in content.faqs() for language in ("zh", "en") for text in faq["variants"][language])
    assert [key for key, count in keys.items() if count > 1] == []


def test_both_languages_say_the_same_numbers() -> None:
    differing = [
        faq["key"]
        for faq in content.faqs()
        if sum(len(NUMBER.findall(faq["answers"][language])) for language in ("zh", "en")) and not _numbers(faq, "zh") & _numbers(faq, "en")
    ]
    assert differing == []


def _numbers(faq: dict[str, dict[str, str]], language: str) -> set[str]:
    return {number.replace(",", "") for number in NUMBER.findall(faq["answers"][language])} or {"none"}


def test_there_are_six_articles_in_both_languages() -> None:
    found = Counter(article["language"] for article in content.articles())
    assert found == {"zh": 6, "en": 6}


@pytest.mark.django_db
def test_seeding_twice_changes_nothing() -> None:
    first = seed()
    knowledge.use_encoder("hash")
    assert first.needs_publishing
    assert (Site.objects.get().key, Faq.objects.count(), Article.objects.count()) == ("demo", len(content.faqs()), 12)
    second = seed()
    assert second.knowledge_base == first.knowledge_base
    assert Faq.objects.count() == len(content.faqs())


@pytest.mark.django_db
def test_no_text_of_ours_trips_the_word_filter() -> None:
    words = knowledge.word_filter(seed().site.company_id)
    texts = [faq["answers"][language] for faq in content.faqs() for language in ("zh", "en")] + [article["body"] for article in content.articles()]
    assert [text for text in texts if words.check(text, Direction.BOT).hits] == []
