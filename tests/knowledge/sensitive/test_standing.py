"""Many words in many texts at once against each text by itself."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.contracts import Direction
from knowledge.sensitive.matcher import build_matcher
from knowledge.sensitive.ordinary.standing import standing
from knowledge.sensitive.ordinary.texts import ordinary_texts
from knowledge.sensitive.starter import starter_allowed
from knowledge.sensitive.terms import Term
from tests.knowledge.sensitive.texts import planted


def standing_slowly(terms, texts):
    words = build_matcher([terms], starter_allowed())
    found = defaultdict(list)
    for text in texts:
        for word in {hit.term for hit in words.check(text, Direction.VISITOR).hits}:
            found[word].append(text)
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(planted(), max_size=4))
def test_it_finds_what_each_text_by_itself_holds(cases):
    terms = [term for listed, _, _ in cases for term in listed]
    texts = [text for _, _, text in cases]
    assert standing(terms, texts) == standing_slowly(terms, texts)


def test_it_finds_inflected_and_disguised_words_in_ordinary_texts():
    terms = [Term(word, language="en") for word in ("refuse", "l0ve", "zzzqx", "try on", "bill")] + [Term("退-款", language="zh")]
    texts = [*ordinary_texts()[::20], "refusing", "t.r.y 0nnn", "b1ll me", "退.款"]
    assert standing(terms, texts) == standing_slowly(terms, texts)
    assert standing(terms, texts).keys() >= {"refuse", "bill", "退-款"}
