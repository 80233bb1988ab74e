"""The filter of a company: its layers, its cache, and how soon a change counts."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from csbot.accounts.models import Company
from knowledge.contracts import Direction, Level
from knowledge.models import Word, WordList
from knowledge.words import CHECK_EVERY_S, FilterCache, Rows

pytestmark = pytest.mark.django_db


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def company():
    return Company.objects.create(name="Acme", slug="acme")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def filters(clock):
    return FilterCache(Rows(), clock)


def listed(company, *words, name="ours", is_live=True):
    word_list = WordList.objects.create(company=company, name=name, is_live=is_live)
    for term, level in words:
        Word.objects.create(word_list=word_list, term=term, level=level)
    return word_list


def level_of(filters, company, text):
    return filters.get(company.id).check(text, Direction.VISITOR).level


def test_a_new_company_has_the_starter_list(filters, company):
    assert level_of(filters, company, "damn") is Level.MASK


def test_a_company_adds_its_own_words(filters, company):
    listed(company, ("Globex", Level.BLOCK))
    assert level_of(filters, company, "try globex") is Level.BLOCK


def test_a_companys_words_never_reach_another(filters, company):
    listed(Company.objects.create(name="Other", slug="other"), ("Globex", Level.BLOCK))
    assert level_of(filters, company, "try globex") is None


def test_a_companys_level_wins_over_the_starters(filters, company):
    listed(company, ("damn", Level.LOG_ONLY))
    assert level_of(filters, company, "damn") is Level.LOG_ONLY


def test_a_cry_for_help_stays_one_unless_it_is_listed_as_such(filters, company):
    ours = listed(company, ("kill myself", Level.MASK))
    assert filters.get(company.id).check("I will kill myself", Direction.VISITOR).is_in_need
    ours.words.update(category="self-harm")
    assert FilterCache(Rows(), Clock()).get(company.id).check("kill myself", Direction.VISITOR).level is Level.MASK


def test_an_allowed_word_is_never_a_hit(filters, company):
    listed(company, ("damn tasty", Word.Level.ALLOW))
    assert level_of(filters, company, "damn tasty") is None
    assert level_of(filters, company, "damn") is Level.MASK


def test_a_list_that_is_not_live_counts_for_nothing(filters, company):
    listed(company, ("Globex", Level.BLOCK), is_live=False)
    assert level_of(filters, company, "try globex") is None


def test_a_company_switches_the_starter_off(filters, company):
    listed(company, name="starter", is_live=False)
    assert level_of(filters, company, "damn") is None


def test_a_change_counts_after_a_second(filters, company, clock):
    before = filters.get(company.id)
    listed(company, ("Globex", Level.BLOCK))
    assert filters.get(company.id) is before
    clock.now += CHECK_EVERY_S
    assert filters.get(company.id).version != before.version


@pytest.mark.parametrize("change", ["edit", "remove", "retire", "drop list"])
def test_every_kind_of_change_counts(filters, company, clock, change):
    word_list = listed(company, ("Globex", Level.BLOCK), ("Initech", Level.BLOCK))
    before = filters.get(company.id).version
    if change == "edit":
        word_list.words.filter(term="Globex").update(level=Level.MASK)
        word_list.save(update_fields=["changed"])
    elif change == "remove":
        word_list.words.get(term="Globex").delete()
    elif change == "retire":
        WordList.objects.filter(id=word_list.id).update(is_live=False)
    else:
        word_list.delete()
    clock.now += CHECK_EVERY_S
    assert filters.get(company.id).version != before


def test_nothing_is_compiled_anew_without_a_change(filters, company, clock, django_assert_max_num_queries):
    first = filters.get(company.id)
    with django_assert_max_num_queries(0):
        filters.get(company.id)
    clock.now += CHECK_EVERY_S
    with django_assert_max_num_queries(3):
        assert filters.get(company.id) is first


def test_importing_it_brings_in_no_heavy_library():
    code = (
        "import django, sys; django.setup(); before = set(sys.modules); import knowledge.words; "
        "heavy = {'torch', 'numpy', 'faiss', 'transformers', 'sklearn'} & (set(sys.modules) - before); sys.exit(repr(heavy) if heavy else 0)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "csbot.settings"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
