"""Mutated and reworded phrasings: what is changed, what is left out, and what the bench counts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.contracts import Band
from knowledge.evaluation import guards_bench, mutating
from knowledge.evaluation.mutations import KINDS, Mutant, mutated, reworded
from knowledge.faq.bank import Bank, BankAnswer, BankFaq, BankVariant
from knowledge.faq.normalise import detect_language, exact_key
from knowledge.faq.router import FaqRouter
from tests.knowledge.banks import ENCODER, goods_bank


def bank(**texts: tuple[str, ...]) -> Bank:
    faqs = (BankFaq(key, tuple(BankVariant(text, detect_language(text)) for text in own), {"en": BankAnswer("x")}) for key, own in texts.items())
    return Bank("mutated", tuple(faqs))


SHOP = bank(
    returns=("Can I return it after 30 days?", "签收后7天内可以退货吗"),
    renewal=("How do I turn on automatic renewal?", "怎么开通自动续费"),
    gmail=("How do I import contacts from Gmail?", "Where are my Gmail contacts?"),
    sides=("What does the buyer pay for the return?", "退货运费由买家出吗"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_made_in_both_languages_where_it_can_be(kind: str) -> None:
    found = {mutant.language for mutant in mutated(SHOP) if mutant.kind == kind}
    assert found >= ({"en"} if kind == "entity" else {"zh", "en"})


def test_a_mutant_differs_from_its_phrasing_and_keeps_its_faq() -> None:
    phrasings = {variant.text: faq.key for faq in SHOP.faqs for variant in faq.variants}
    found = mutated(SHOP)
    assert found
    assert all(mutant.text != mutant.was and phrasings[mutant.was] == mutant.faq for mutant in found)


def test_the_same_seed_makes_the_same_texts_and_another_one_others() -> None:
    assert mutated(goods_bank(), seed=3) == mutated(goods_bank(), seed=3)
    assert mutated(SHOP, seed=3) != mutated(SHOP, seed=4)


def test_what_the_bank_asks_already_is_no_mutant() -> None:
    both = bank(on=("turn on renewal",), off=("turn off renewal",))
    assert "turn off renewal" not in {mutant.text for mutant in mutated(both)}


def test_reworded_phrasings_are_no_exact_copies() -> None:
    keys = {exact_key(variant.text) for faq in SHOP.faqs for variant in faq.variants}
    found = reworded(SHOP)
    assert found
    assert not {exact_key(mutant.text) for mutant in found} & keys


def test_no_more_than_asked_for_are_made() -> None:
    found = mutated(goods_bank(), most=2)
    assert all(sum(mutant.kind == kind for mutant in found) <= 2 for kind in KINDS)


@pytest.mark.parametrize("text", ["能退不", "发货了没"])
def test_a_no_that_only_asks_is_not_taken_out(text: str) -> None:
    assert exact_key(text[:-1]) not in {exact_key(made) for made in mutating.negations(text, "zh")}


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_mutated(text: str) -> None:
    odd = Bank("odd", (BankFaq("odd", (BankVariant(text, "zh"), BankVariant(text, "en"))),))
    mutated(odd)
    reworded(odd)


def test_the_bench_counts_answers_with_the_faq_it_was_made_from() -> None:
    def judged(kind: str, route: Band, reason: str, faq: str = "a") -> guards_bench.Judged:
        return guards_bench.Judged(Mutant("x", "y", "a", "en", kind), route, faq, reason)

    found = [
        judged("number", Band.ANSWER, "faq"),
        judged("number", Band.CLARIFY, "guard:number"),
        judged("entity", Band.ANSWER, "faq", faq="b"),
        judged("same", Band.ANSWER, "faq"),
        judged("same", Band.CLARIFY, "guard:entity"),
        judged("same", Band.GENERATE, "far"),
    ]
    figures = guards_bench.figures(found)
    assert figures["mutated_answered"]["number"] == [0.5, 2]
    assert figures["mutated_answered"]["entity"] == [0.0, 1]
    assert figures["kept"] == [0.5, 2]
    assert figures["reworded_answered"] == [0.3333, 3]


def test_the_production_router_is_asked() -> None:
    goods = goods_bank()
    found = guards_bench.run(FaqRouter.build(goods, ENCODER), goods, most=3)
    assert {one.mutant.kind for one in found} >= {"negation", "same"}
    assert all(not one.is_answered for one in found if one.mutant.kind == "negation")
