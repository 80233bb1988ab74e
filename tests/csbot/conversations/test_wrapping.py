"""A site's own words: shown as the editor wrote them, whatever they contain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from csbot.accounts.models import Site
from csbot.conversations.contracts import Decision, Ending
from csbot.conversations.events import Option, Source
from csbot.conversations.texts import built_in
from csbot.conversations.wrapping import sources_of, text_of, word, wrap_of
from knowledge.contracts import Evidence


@pytest.mark.parametrize("text", ["100% {", "Use {SAVE10} today", "{0.__class__}", "{greeting.__class__}", "{}", "}{", "{name!r:>9999}"])
def test_an_editors_braces_are_only_braces(text: str) -> None:
    assert text_of(Site(texts={"en": {"greeting": text}}), "en", "greeting") == text


def test_a_placeholder_is_filled_once_with_what_is_known() -> None:
    site = Site(texts={"en": {"error.too_long": "{length} of {limit}, {other}"}})
    assert text_of(site, "en", "error.too_long", length="{limit}", limit=2000) == "{limit} of 2000, {other}"


@pytest.mark.parametrize(
    "texts", [None, [], "hello", {"en": None}, {"en": ["hello"]}, {"en": {"greeting": 7}}, {"en": {"greeting": " "}}, {"zh": {}}]
)
def test_without_a_usable_text_of_its_own_the_products_is_shown(texts: Any) -> None:
    assert text_of(Site(texts=texts), "en", "greeting") == built_in("en", "greeting")


# --- words for a decision --------------------------------------------------------------------------------------------

SITE = Site(texts={})
FAQ: Source = {"type": "faq", "id": "shipping", "title": "When do you ship?", "url": ""}
CHIP: Option = {"faq": "shipping", "text": "When do you ship?"}
BREWING = Evidence("article", "brewing", "Brewing", "Brew it at 80 degrees.", "en", url="/brewing")


def worded(decision: Decision, sources: tuple[Source, ...] = ()) -> Decision:
    return word(decision, SITE, sources=sources, screen=str.upper)


def test_a_text_of_its_own_stays_and_is_screened() -> None:
    shown: Source = {**FAQ, "title": "WHEN DO YOU SHIP?"}
    assert worded(Decision("answer", "faq", "en", text="In 2 days."), (FAQ,)) == Decision("answer", "faq", "en", text="IN 2 DAYS.", sources=(shown,))


def blocks_shipping(text: str) -> str | None:
    return None if "ship" in text else text


def test_a_blocked_text_is_replaced_and_blocked_titles_and_chips_are_left_out() -> None:
    other: Option = {"faq": "brewing", "text": "How do I brew it?"}
    decision = Decision("clarify", "clarify", "en", text="We ship.", options=(CHIP, other), sources=(FAQ,))
    shown = word(decision, SITE, sources=(), screen=blocks_shipping)
    assert (shown.text, shown.options, shown.sources) == (built_in("en", "safety"), (other,), ())


def test_where_every_chip_is_blocked_a_person_is_offered() -> None:
    shown = word(Decision("clarify", "clarify", "en", options=(CHIP,)), SITE, sources=(), screen=blocks_shipping)
    assert (shown.route, shown.text, shown.offers_handoff) == ("refuse", built_in("en", "no_evidence"), True)


def test_a_question_for_a_value_needs_no_chips() -> None:
    assert word(Decision("clarify", "lookup", "en", text="Which order?"), SITE, sources=(), screen=blocks_shipping).route == "clarify"


@pytest.mark.parametrize(
    ("decision", "key"),
    [
        (Decision("handoff", "requested", "en"), "handoff_done"),
        (Decision("handoff", "complaint", "en"), "complaint"),
        (Decision("handoff", "safety", "en"), "safety_handoff"),
        (Decision("refuse", "safety", "en"), "safety"),
        (Decision("refuse", "out_of_scope", "zh"), "out_of_scope"),
        (Decision("refuse", "no_evidence", "zh"), "no_evidence"),
        (Decision("clarify", "clarify", "en"), "clarify"),
        (Decision("chitchat", "chitchat", "zh"), "chitchat"),
    ],
)
def test_without_one_it_gets_the_sites_words_for_its_reason(decision: Decision, key: str) -> None:
    assert worded(decision).text == built_in(decision.language, key).upper()


def test_what_is_to_be_generated_has_no_words_yet_but_its_sources() -> None:
    decision = worded(Decision("generate", "evidence", "en", evidence=(BREWING,)))
    assert (decision.text, decision.sources[0]["id"]) == ("", "brewing")


@pytest.mark.parametrize(("route", "offers"), [("refuse", True), ("answer", False), ("handoff", False)])
def test_a_refusal_always_offers_a_person(route: Any, offers: bool) -> None:
    assert worded(Decision(route, "", "en", text="So.")).offers_handoff is offers


def test_each_source_stands_once_best_first_and_at_most_three() -> None:
    others = [replace(BREWING, id=f"other{number}") for number in range(4)]
    assert [source["id"] for source in sources_of((BREWING, replace(BREWING, text="More."), *others))] == ["brewing", "other0", "other1"]


# --- what stands around it -------------------------------------------------------------------------------------------


def test_an_answer_has_its_sources_and_no_offer() -> None:
    wrap = wrap_of(Decision("answer", "faq", "en", sources=(FAQ,)), SITE)
    assert wrap == {"route": "answer", "reason": "faq", "sources": [FAQ], "handoff": {"offered": False, "reason": ""}}


def test_an_offer_has_its_reason_and_its_note() -> None:
    wrap = wrap_of(Decision("refuse", "no_evidence", "en", offers_handoff=True), SITE)
    assert wrap["handoff"] == {"offered": True, "reason": "no_evidence"}
    assert wrap["note"] == built_in("en", "handoff_offer")


def test_chips_stand_around_a_question_back_only() -> None:
    decision = Decision("generate", "evidence", "en", options=(CHIP,))
    climbed = Ending("unsupported", 5, False, route="clarify", reason="clarify", after="clarify")
    assert wrap_of(replace(decision, route="clarify"), SITE)["options"] == [CHIP]
    assert wrap_of(decision, SITE, ending=climbed)["options"] == [CHIP]
    assert "options" not in wrap_of(decision, SITE, ending=Ending("stop", 3, True))


def test_a_quote_brings_its_own_source_and_the_ending_its_rung() -> None:
    ending = Ending("unsupported", 4, True, after="quote", quotes=(BREWING,))
    wrap = wrap_of(Decision("generate", "evidence", "en", sources=(FAQ, *sources_of((BREWING,)))), SITE, ending=ending)
    assert [source["id"] for source in wrap["sources"]] == ["brewing"]
    assert (wrap["finish"], wrap["rung"], wrap["grounded"], wrap["reason"]) == ("unsupported", 4, True, "evidence")


def test_beside_an_unsure_quote_a_person_is_offered() -> None:
    ending = Ending("stop", 4, True, after="quote", quotes=(BREWING,), offers_handoff=True)
    wrap = wrap_of(Decision("generate", "evidence", "en", sources=sources_of((BREWING,))), SITE, ending=ending)
    assert (wrap["route"], wrap["handoff"], bool(wrap["note"])) == ("generate", {"offered": True, "reason": "no_evidence"}, True)


def test_the_ladders_end_offers_a_person() -> None:
    ending = Ending("stop", 6, None, route="refuse", reason="no_evidence", after="offer", offers_handoff=True)
    assert wrap_of(Decision("generate", "evidence", "en"), SITE, ending=ending)["handoff"] == {"offered": True, "reason": "no_evidence"}
