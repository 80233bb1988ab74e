"""Passages, sentences, and which of them an answer may rest on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.articles.evidence import FAR_BEHIND, MAX_EVIDENCE, MAX_TOKENS, EvidenceSelector, tokens_of
from knowledge.articles.passages import MAX_CHARACTERS, split_article
from knowledge.articles.sentences import sentences
from knowledge.contracts import Band, FaqMatch
from tests.knowledge.banks import ENCODER, PASSAGES, ask, goods_bank

NO_MATCH = FaqMatch(Band.GENERATE, "en", ())


@pytest.fixture(scope="module")
def selector() -> EvidenceSelector:
    return EvidenceSelector.build(replace(goods_bank(), passages=PASSAGES), ENCODER)


def test_the_fitting_sentence_comes_first(selector: EvidenceSelector) -> None:
    best = selector.select(ask("how do I wash the hammock by hand"), NO_MATCH)[0]
    assert (best.type, best.id) == ("article", "care")
    assert "Wash the hammock by hand." in best.text


def test_a_sentence_that_points_back_brings_the_one_before(selector: EvidenceSelector) -> None:
    found = selector.select(ask("it dries within how many hours"), NO_MATCH)
    assert any("Wash the hammock by hand. It dries within 6 hours." in evidence.text for evidence in found)


def test_evidence_stays_within_its_budget(selector: EvidenceSelector) -> None:
    found = selector.select(ask("teapot lantern violin hammock repair price wash"), NO_MATCH)
    assert len(found) <= MAX_EVIDENCE
    assert sum(tokens_of(evidence.text) for evidence in found[1:]) <= MAX_TOKENS
    assert [evidence.holds for evidence in found] == sorted((evidence.holds for evidence in found), reverse=True)


def test_the_rest_of_the_world_has_no_evidence(selector: EvidenceSelector) -> None:
    assert selector.select(ask("zzz qqq xxx"), NO_MATCH) == ()


def test_a_source_that_speaks_both_languages_is_read_in_the_questions(selector: EvidenceSelector) -> None:
    for text, language in (("How do I wash the hammock by hand?", "en"), ("吊床 hammock 可以手洗 wash by hand 吗", "zh")):
        found = selector.select(ask(text), NO_MATCH)
        speaks = {(sentence.type, sentence.id) for sentence in selector.sentences if sentence.language == language}
        assert found
        assert all(evidence.language == language for evidence in found if (evidence.type, evidence.id) in speaks)


def test_what_is_far_behind_the_best_is_left_out(selector: EvidenceSelector) -> None:
    found = selector.select(ask("teapot lantern violin hammock repair price wash"), NO_MATCH)
    assert all(evidence.holds >= FAR_BEHIND * found[0].holds - 1e-4 for evidence in found)


def test_a_saved_selector_selects_the_same(selector: EvidenceSelector, tmp_path: Path) -> None:
    selector.save(tmp_path)
    again = EvidenceSelector.open(tmp_path, selector.bank, ENCODER)
    question = ask("loosen the bow of the violin")
    assert again.select(question, NO_MATCH) == selector.select(question, NO_MATCH)


def test_markdown_is_cut_at_its_headings() -> None:
    pieces = split_article("Intro.\n\n## A\nText **a** with a [link](https://a.example).\n\n### A1\nDeep.\n\n## B\n- one\n- two", is_markdown=True)
    assert [piece.heading for piece in pieces] == ["", "A", "A › A1", "B"]
    assert pieces[1].text == "Text a with a link (https://a.example)."
    assert pieces[3].text == "one\ntwo"


def test_a_heading_in_a_fence_is_text() -> None:
    assert len(split_article("```\n# no heading\n```", is_markdown=True)) == 1


@given(st.text(max_size=3000), st.booleans())
def test_any_text_is_cut_without_failing(text: str, is_markdown: bool) -> None:
    for piece in split_article(text, is_markdown=is_markdown):
        assert 0 < len(piece.text) <= MAX_CHARACTERS + 1
        assert all(sentence.strip() for sentence in sentences(piece.text))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The price is 3.50 yuan. It ships on Monday, e.g. before noon. Fine.", 2),
        ("运费 10 元。满 199 元免运费！好的。", 2),
        ("See https://a.example/b.html for more. Thank you very much.", 2),
        ("", 0),
    ],
)
def test_numbers_addresses_and_abbreviations_stay_whole(text: str, count: int) -> None:
    assert len(sentences(text)) == count
