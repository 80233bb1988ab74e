"""The shipped questions of other trades: enough, different, in the language of their file."""

from __future__ import annotations

from collections import Counter

import pytest

from knowledge.contracts import LANGUAGES, Language
from knowledge.faq.examples import background_texts
from knowledge.faq.normalise import detect_language, exact_key


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_in_each_language(language: Language) -> None:
    assert sum(told == language for _, told in background_texts()) >= 400


def test_no_question_stands_there_twice() -> None:
    keys = Counter(exact_key(text) for text, _ in background_texts())
    assert [key for key, count in keys.items() if count > 1] == []


def test_each_is_in_the_language_of_its_file() -> None:
    assert [text for text, language in background_texts() if detect_language(text, language) != language] == []
