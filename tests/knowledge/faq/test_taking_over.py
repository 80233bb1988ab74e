"""What a build takes over from an earlier one is what it would have found itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.evaluation.synthetic import bank_made
from knowledge.faq.bank import Bank
from knowledge.faq.bank_reading import BankReading
from knowledge.faq.coarse import Coarse
from knowledge.faq.earlier import Earlier
from knowledge.faq.index import counted_of
from knowledge.faq.lexical import ANALYZERS, Bm25
from knowledge.faq.normalise import terms
from knowledge.faq.router import FaqRouter
from knowledge.faq.spelling.said import Said
from knowledge.faq.term_rows import TermRows
from tests.knowledge.banks import ENCODER, ask, faq, goods_bank

TEXTS = st.lists(st.text("怎么退货运费 refundshipping?!12", max_size=12), max_size=8)
TOLD = st.lists(st.tuples(st.text("退货了吗 ab cd", max_size=9), st.sampled_from(["zh", "en"])), max_size=6)


def same(one: TermRows, other: TermRows) -> bool:
    parts = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("counts", "columns", "starts"))
    return parts and list(one.vocabulary) == list(other.vocabulary)


@given(TEXTS, TEXTS)
def test_terms_counted_before_are_the_terms_counted_anew(before: list[str], now: list[str]) -> None:
    old = TermRows.build(ANALYZERS["grams"], before)
    assert same(TermRows.build(ANALYZERS["grams"], now, (before, old)), TermRows.build(ANALYZERS["grams"], now))


@given(TOLD, TOLD, TOLD)
def test_words_said_are_added_and_taken_away_exactly(kept: list, added: list, taken: list) -> None:
    assert Said.of([*kept, *taken]).changed(added, taken) == Said.of([*kept, *added])


def test_counts_survive_the_disk(tmp_path: Path) -> None:
    for texts in ([], ["", "?"], ["退货 refund", "退货", "退货 refund"]):
        rows = TermRows.build(ANALYZERS["terms"], texts)
        rows.save(tmp_path, "terms")
        assert same(TermRows.open(tmp_path, "terms"), rows)


def test_our_scores_are_those_of_the_library() -> None:
    texts = [variant.text for one in goods_bank().faqs for variant in one.variants]
    library = bm25s.BM25(k1=1.2, b=0.5)
    library.index([terms(text) for text in texts], show_progress=False)
    ours = Bm25.build(texts)
    for asked in ("teapot price", "is my violin broken", "repair service please"):
        expected = library.get_scores([term for term in dict.fromkeys(terms(asked)) if term in ours.vocabulary])
        found = ours.scores(asked)
        below = found < 1  # ours ends where a text says all that is asked
        assert np.corrcoef(expected[below], found[below])[0, 1] == pytest.approx(1, abs=1e-5)


def changed(bank: Bank) -> Bank:
    """One FAQ more in the middle, one gone, one asked in other words."""
    faqs = list(bank.faqs)
    faqs[3] = faq(faqs[3].key, "where is the nearest workshop", "workshop near me")
    del faqs[8]
    faqs.insert(5, faq("gift.wrapping", "do you wrap gifts", "gift wrapping please"))
    return replace(bank, faqs=tuple(faqs))


def test_a_quick_build_answers_what_is_new_and_no_more_what_is_gone(tmp_path: Path) -> None:
    first = FaqRouter.build(goods_bank(), ENCODER)
    first.save(tmp_path)
    now = changed(goods_bank())
    quick = FaqRouter.build(now, ENCODER, first.fit, Earlier(goods_bank(), tmp_path))
    assert quick.route(ask("do you wrap gifts")).answer == "The answer of gift.wrapping."
    gone = goods_bank().faqs[8]
    assert all(candidate.faq != gone.key for candidate in quick.route(ask(gone.variants[0].text)).candidates)
    whole = FaqRouter.build(now, ENCODER, first.fit)
    for asked in ("my lantern broke, can you repair it", "how expensive is the compass", "nearest workshop"):
        assert quick.rank(asked).faqs[:1] == whole.rank(asked).faqs[:1]


def test_a_quick_build_of_the_same_bank_is_the_same_to_the_byte(tmp_path: Path) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    for folder in (first, again):
        folder.mkdir()
    built = FaqRouter.build(goods_bank(), ENCODER)
    built.save(first)
    FaqRouter.build(goods_bank(), ENCODER, built.fit, Earlier(goods_bank(), first)).save(again)
    assert {path.name: path.read_bytes() for path in first.iterdir()} == {path.name: path.read_bytes() for path in again.iterdir()}


def test_a_whole_build_counts_only_new_texts_and_finds_the_same(tmp_path: Path) -> None:
    FaqRouter.build(goods_bank(), ENCODER).save(tmp_path)
    now = changed(goods_bank())
    for name, rows in counted_of(now, Earlier(goods_bank(), tmp_path)).items():
        assert same(rows, counted_of(now)[name])
    assert BankReading.build(now, Earlier(goods_bank(), tmp_path)).keys == BankReading.build(now).keys


def test_a_coarse_look_finds_what_is_nearest(tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    groups = chance.standard_normal((40, 128)).astype(np.float32)
    vectors = np.repeat(groups, 25, axis=0) + 0.3 * chance.standard_normal((1000, 128)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    Coarse.over(vectors).save(tmp_path)
    opened = Coarse.open(tmp_path)
    for vector in vectors[::100]:
        nearest = set(np.argsort(-(vectors @ vector))[:10].tolist())
        assert len(nearest & set(opened.nearest(vector, 80).tolist())) >= 9


def test_made_up_banks_have_the_size_that_was_asked_for() -> None:
    for count in (0, 1, 7, 1000):
        assert sum(len(one.variants) for one in bank_made(count, 3).faqs) == count
    assert bank_made(50, 3) == bank_made(50, 3) != bank_made(50, 4)
