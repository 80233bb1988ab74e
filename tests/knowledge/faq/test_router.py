"""Questions to bands: verbatim answers, chips, promises, guards, validity, files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.contracts import Band, Exchange
from knowledge.faq.bank import Bank, BankAnswer, BankFaq, BankVariant
from knowledge.faq.router import FaqRouter
from tests.knowledge.banks import ENCODER, GOODS, NOW, ask, faq, goods_bank

QUESTIONS = [f"tell me what the {good} costs" for good in GOODS] + [f"the {good} broke, repair it" for good in GOODS]
QUESTIONS += ["how is the weather", "hammock"]


@pytest.fixture(scope="module")
def router() -> FaqRouter:
    return FaqRouter.build(goods_bank(), ENCODER)


def test_the_stored_words_get_the_stored_answer(router: FaqRouter) -> None:
    match = router.route(ask("how much does the TEAPOT cost"))
    assert (match.band, match.reason, match.answer) == (Band.ANSWER, "exact", "The answer of teapot.price.")


def test_other_words_rank_the_right_faq_first(router: FaqRouter) -> None:
    found = [router.route(ask(text)).best for text in QUESTIONS[:12]]
    assert [best.faq for best in found if best] == [f"{good}.price" for good in GOODS]


def test_a_question_of_another_world_is_not_answered(router: FaqRouter) -> None:
    assert router.route(ask("who won the football match yesterday")).band not in (Band.ANSWER, Band.CLARIFY)


def test_chips_carry_the_canonical_question(router: FaqRouter) -> None:
    options = router.route(ask("teapot")).options
    assert options
    assert options[0].text.endswith("?")


def test_chances_are_chances_and_fall(router: FaqRouter) -> None:
    for text in QUESTIONS:
        chances = [candidate.probability for candidate in router.route(ask(text)).candidates]
        assert all(0 <= chance <= 1 for chance in chances)
        assert chances == sorted(chances, reverse=True)


def test_a_more_careful_promise_never_answers_more() -> None:
    answered = []
    for promise in (1, 3, 7):
        router = FaqRouter.build(goods_bank(promise), ENCODER)
        answered.append({text for text in QUESTIONS if router.route(ask(text)).band is Band.ANSWER})
    assert answered[0] <= answered[1] <= answered[2]


def test_a_small_bank_answers_exact_matches_only() -> None:
    router = FaqRouter.build(Bank("small", (faq("a", "Where is the shop?", "shop address"), faq("b", "When do you open?", "opening hours"))), ENCODER)
    assert router.route(ask("where is the shop")).band is Band.ANSWER
    assert router.route(ask("where is the nice shop")).band is not Band.ANSWER


def test_an_empty_bank_answers_nothing() -> None:
    router = FaqRouter.build(Bank("empty", ()), ENCODER)
    assert router.route(ask("anything")).band is Band.GENERATE


def test_an_answer_goes_out_only_in_the_questions_language() -> None:
    mixed = replace(faq("a", "Where is the shop?"), variants=(BankVariant("Where is the shop?", "en"), BankVariant("店在哪里", "zh")))
    router = FaqRouter.build(Bank("mixed", (mixed,)), ENCODER)
    match = router.route(ask("店在哪里"))
    assert (match.band, match.reason, match.answer) == (Band.GENERATE, "other_language", None)


@pytest.mark.parametrize(("day", "band"), [(1, Band.GENERATE), (15, Band.ANSWER), (30, Band.GENERATE)])
def test_a_faq_answers_only_while_it_is_valid(day: int, band: Band) -> None:
    dated = faq("sale", "Is there a sale?", valid_from=datetime(2026, 5, 10, tzinfo=UTC), valid_until=datetime(2026, 5, 20, tzinfo=UTC))
    router = FaqRouter.build(Bank("dated", (dated,)), ENCODER)
    question = replace(ask("Is there a sale?"), now=datetime(2026, 5, day, tzinfo=UTC))
    assert router.route(question).band is band


def test_words_that_two_faqs_share_lead_to_neither() -> None:
    router = FaqRouter.build(Bank("shared", (faq("a", "the same words"), faq("b", "the same words"))), ENCODER)
    assert router.route(ask("the same words")).reason != "exact"


def test_two_questions_in_one_message_are_answered_one_by_one(router: FaqRouter) -> None:
    match = router.route(ask("How much does the teapot cost? Can you repair my violin?"))
    assert (match.band, match.reason) == (Band.ANSWER, "several")
    assert match.answer == "The answer of teapot.price.\n\nThe answer of violin.repair."
    assert [option.faq for option in match.options] == ["teapot.price", "violin.repair"]


def test_one_answer_is_no_answer_to_four_questions(router: FaqRouter) -> None:
    asked = [f"How much does the {good} cost?" for good in ("teapot", "lantern", "violin", "compass")]
    match = router.route(ask(" ".join(asked)))
    assert (match.band, match.reason, match.answer) == (Band.CLARIFY, "guard:two_questions", None)
    assert [option.faq for option in match.options] == ["teapot.price", "lantern.price", "violin.price"]


def test_what_is_answered_one_by_one_is_booked_under_what_was_answered(router: FaqRouter) -> None:
    match = router.route(ask("tell me what the teapot costs? and can you repair my violin?"))
    assert (match.band, match.reason) == (Band.ANSWER, "several")
    assert [one.faq for one in match.candidates] == ["teapot.price", "violin.repair"]
    assert all(one.probability >= router.cut() for one in match.candidates)


def test_the_same_is_asked_of_another_thing(router: FaqRouter) -> None:
    history = (Exchange("can you repair my violin", "The answer of violin.repair.", "violin.repair", about=("violin.repair",)),)
    match = router.route(ask("and the lantern?", history=history))
    assert match.best
    assert (match.best.faq, match.trace["asked"]) == ("lantern.repair", "can you repair my lantern")


def test_an_answer_that_names_it_too_stays_open() -> None:
    """Also where the dictionary cuts its name otherwise."""
    shipping = BankFaq(
        "shipping",
        (BankVariant("what does delivery to Taipei cost", "en", True), BankVariant("寄到台北多少钱", "zh", True)),
        {"en": BankAnswer("Taipei 10 dollars, Seoul 30 dollars."), "zh": BankAnswer("台北市免运费，首尔三十元。")},
    )
    bank = goods_bank()
    router = FaqRouter.build(Bank("shop", (*bank.faqs, shipping, faq("shop", "do you have a shop in Seoul"))), ENCODER)
    for said, asked in (("and Seoul?", "what does delivery to Taipei cost"), ("台北呢？", "寄到首尔多少钱")):
        match = router.route(ask(said, history=(Exchange(asked, "10 dollars", "shipping", about=("shipping",)),)))
        assert match.best
        assert match.best.faq == "shipping"
        assert not match.trace["passed_over"]


def test_what_answered_of_one_thing_is_no_evidence_for_an_unknown_one(router: FaqRouter) -> None:
    history = (Exchange("can you repair my violin", "The answer of violin.repair.", "violin.repair", about=("violin.repair",)),)
    match = router.route(ask("and the zeppelin?", history=history))
    assert match.band is not Band.ANSWER
    assert match.trace["passed_over"] == ["violin.repair"]
    assert "violin.repair" not in [one.faq for one in match.candidates]


def test_a_short_message_goes_on_with_the_one_before(router: FaqRouter) -> None:
    history = (Exchange("I have a teapot here", "Nice."),)
    match = router.route(ask("the price please", history=history))
    assert match.best
    assert (match.best.faq, match.trace["asked"]) == ("teapot.price", "i have a teapot here price please")


def test_a_short_message_is_not_answered_with_what_was_said_before(router: FaqRouter) -> None:
    history = (Exchange("what is the price of the teapot", "The answer of teapot.price.", "teapot.price"),)
    assert router.route(ask("the price", history=history)).band is not Band.ANSWER


def test_a_reply_that_names_an_offered_question_gets_its_answer(router: FaqRouter) -> None:
    offered = (Exchange("what about it", "Did you mean:", options=("teapot.price", "violin.repair")),)
    match = router.route(ask("the violin", history=offered))
    assert (match.band, match.reason, match.answer) == (Band.ANSWER, "chosen", "The answer of violin.repair.")
    assert router.route(ask("the violin")).reason != "chosen"
    assert router.route(ask("neither", history=offered)).reason != "chosen"


def test_a_yes_to_the_only_offered_question_is_a_choice(router: FaqRouter) -> None:
    only = (Exchange("what about it", "Did you mean:", options=("teapot.price",)),)
    assert router.route(ask("yes", history=only)).answer == "The answer of teapot.price."
    gone = (Exchange("what about it", "Did you mean:", options=("no.longer.there",)),)
    assert router.route(ask("yes", history=gone)).reason != "chosen"


def test_a_short_message_is_out_of_scope_only_if_it_is_together_with_the_one_before(router: FaqRouter) -> None:
    text = "football match yesterday"
    assert router.route(ask(text)).band is Band.OUT_OF_SCOPE
    about_goods = (Exchange("what is the price of the teapot", "The answer of teapot.price.", "teapot.price"),)
    match = router.route(ask(text, history=about_goods))
    assert match.band is Band.GENERATE
    assert match.trace["asked"] == f"what is the price of the teapot {text}"  # what evidence is looked for with
    elsewhere = (Exchange("who won the football match yesterday", "That is outside of what we know."),)
    assert router.route(ask(text, history=elsewhere)).band is Band.OUT_OF_SCOPE


def test_a_saved_router_routes_the_same(router: FaqRouter, tmp_path: Path) -> None:
    router.save(tmp_path)
    again = FaqRouter.open(tmp_path, goods_bank(), ENCODER)
    for text in QUESTIONS:
        one, other = router.route(ask(text)), again.route(ask(text))
        assert (one.band, [c.faq for c in one.candidates], one.options) == (other.band, [c.faq for c in other.candidates], other.options)
        assert [c.probability for c in one.candidates] == pytest.approx([c.probability for c in other.candidates], abs=1e-5)


def test_faiss_finds_what_looking_at_all_finds(router: FaqRouter) -> None:
    index = router.index
    for text in QUESTIONS:
        asked = index.ask(text, ENCODER.encode([text])[0])
        quick, slow = index.nearest(asked, 10), index.nearest_by_hand(asked, 10)
        assert index.centred[quick] @ asked.centred == pytest.approx(index.centred[slow] @ asked.centred, abs=1e-5)


def test_the_order_of_faqs_does_not_matter(router: FaqRouter) -> None:
    bank = goods_bank()
    turned = FaqRouter.build(replace(bank, faqs=bank.faqs[::-1]), ENCODER)
    for text in QUESTIONS[:6]:
        assert turned.route(ask(text)).best.faq == router.route(ask(text)).best.faq  # type: ignore[union-attr]


def test_now_is_the_questions_own() -> None:
    assert ask("x").now == NOW


def test_an_answer_without_words_is_none() -> None:
    blank = replace(faq("a", "Where is the shop?"), answers={"en": BankAnswer("  ")})
    assert FaqRouter.build(Bank("blank", (blank,)), ENCODER).route(ask("Where is the shop?")).answer is None


@pytest.mark.parametrize("text", ["Well hello. The zebra sleeps now. Do zebras dream at night?", "天气真好。斑马睡着了 那么斑马会做梦吗？"])
def test_what_asks_may_be_as_far_from_everything_as_the_whole(router: FaqRouter, text: str) -> None:
    for asked in (router, FaqRouter.build(Bank("empty", ()), ENCODER)):
        assert asked.route(ask(text)).band is not Band.ANSWER
