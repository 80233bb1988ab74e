"""Thirteen ways to disguise a listed word, with words of the starter list in ordinary sentences; the bench tries more of each."""

from __future__ import annotations

import pytest

from knowledge.sensitive.evaluation.disguises import DISGUISES
from knowledge.sensitive.evaluation.evasions import NUMBERED, cases, missed
from knowledge.sensitive.matcher import build_matcher
from knowledge.sensitive.starter import starter_allowed, starter_terms
from knowledge.sensitive.terms import Term

WORDS = [term.text for term in starter_terms()]
MATCHER = build_matcher([starter_terms(), [Term(word, language="zh") for word in NUMBERED]], starter_allowed())


@pytest.mark.parametrize("kind", DISGUISES)
def test_a_disguised_word_is_found(kind):
    tried = cases(kind, WORDS, 60)
    assert len(tried) == 60
    assert all(case.word != case.written for case in tried)
    assert missed(MATCHER, tried) == []


def test_a_filter_without_words_misses_all():
    tried = cases("full width", WORDS, 20)
    assert missed(build_matcher([]), tried) == tried


def test_the_same_seed_gives_the_same_cases():
    assert cases("leet", WORDS, 20, seed=3) == cases("leet", WORDS, 20, seed=3) != cases("leet", WORDS, 20, seed=4)
