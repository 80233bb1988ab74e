"""The pipeline's page, with fakes for every stage: which route a question gets, and how a generated answer ends."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csbot.conversations.contracts import Decision, Ending
from csbot.conversations.events import Finish
from csbot.conversations.events import Option as Chip
from csbot.conversations.pipeline import Deciding, Speaking, climb, decide, speak
from inference.contracts import Claim
from knowledge.contracts import Band, Candidate, Evidence, FaqMatch, Hit, IntentAction, IntentGuess, Level, Option, Question, Verdict

QUESTION = Question("when do you ship?", now=datetime(2026, 5, 1, tzinfo=UTC), language="en")
OPTIONS = (Option("shipping", "When do you ship?"),)
CHIPS: tuple[Chip, ...] = ({"faq": "shipping", "text": "When do you ship?"},)
WEAK = Evidence("article", "brewing", "Brewing", "Brew it at 80 degrees.", "en", holds=0.2)
STRONG = replace(WEAK, id="storage", text="Keep it dry.", holds=0.99)


# --- the first half --------------------------------------------------------------------------------------------------


def guess(action: IntentAction, key: str = "any", reply: str = "") -> IntentGuess:
    return IntentGuess(key, action, 1.0, "phrase", reply=reply)


def match(band: Band, **more: Any) -> FaqMatch:
    return FaqMatch(band, "en", (Candidate("shipping", 0.9, "When do you ship?"),), **more)


def deny(*_: object) -> Any:
    raise AssertionError("this stage must not run")


def stages(**more: Any) -> Deciding:
    """Everything passes and nothing is found, but for what a test says."""
    fakes: dict[str, Callable[..., Any]] = {
        "screen": Verdict,
        "recall": lambda question: None,
        "look_up": lambda question: None,
        "detect_intent": lambda question: guess(IntentAction.QUESTION),
        "sense": lambda question: None,
        "find_faq": lambda question: match(Band.GENERATE),
        "find_evidence": lambda question, found: (),
        "can_generate": lambda: True,
        "word": lambda decision: replace(decision, trace={"worded": True}),
    }
    return Deciding(**{**fakes, **more})


def decided(**more: Any) -> Decision:
    decision = decide(QUESTION, "en", stages(**more))
    assert decision.trace == {"worded": True}
    return replace(decision, trace={})


def hit(level: Level) -> Verdict:
    return Verdict("***", (Hit(0, 3, "bad", "test", level),))


@pytest.mark.parametrize(("level", "route"), [(Level.BLOCK, "refuse"), (Level.HAND_OVER, "handoff")])
def test_a_listed_word_ends_the_turn_before_anything_else_looks(level: Level, route: Literal["refuse", "handoff"]) -> None:
    decision = decided(screen=lambda text: hit(level), recall=deny, detect_intent=deny, find_faq=deny, find_evidence=deny)
    assert decision == Decision(route, "safety", "en")


@pytest.mark.parametrize("beside", [(), (Hit(4, 7, "bad", "hate", Level.BLOCK),)])
def test_a_cry_for_help_gets_help_whatever_stands_beside_it(beside: tuple[Hit, ...]) -> None:
    verdict = Verdict("***", (Hit(0, 3, "die", "self-harm", Level.HAND_OVER), *beside))
    decision = decided(screen=lambda text: verdict, recall=deny, detect_intent=deny)
    assert decision == Decision("handoff", "safety", "en", words="in_need")


@pytest.mark.parametrize("level", [Level.MASK, Level.WARN_AGENT, Level.LOG_ONLY])
def test_milder_words_do_not_stop_a_question(level: Level) -> None:
    assert decided(screen=lambda text: hit(level), find_faq=lambda question: match(Band.ANSWER, answer="In 2 days.")).route == "answer"


def test_what_the_companys_system_knows_needs_no_faq() -> None:
    found = Decision("answer", "lookup", "en", text="It is on its way.")
    assert decided(look_up=lambda question: found, find_faq=deny) == found


@pytest.mark.parametrize("intent", [guess(IntentAction.CHITCHAT), guess(IntentAction.REFUSE, "out_of_scope")])
def test_a_lookup_knows_better_than_small_talk_and_the_rest_of_the_world(intent: IntentGuess) -> None:
    found = Decision("answer", "lookup", "en", text="It is on its way.")
    assert decided(detect_intent=lambda question: intent, look_up=lambda question: found) == found


@pytest.mark.parametrize(("action", "route"), [(IntentAction.HANDOFF, "handoff"), (IntentAction.REFUSE, "refuse")])
def test_nothing_is_looked_up_for_who_wants_a_person_or_what_is_not_talked_about(action: IntentAction, route: str) -> None:
    assert decided(detect_intent=lambda question: guess(action, "not_allowed"), look_up=deny).route == route


def test_small_talk_around_nothing_that_is_asked_is_small_talk() -> None:
    intent = replace(guess(IntentAction.QUESTION), otherwise=guess(IntentAction.CHITCHAT, "thanks", "You are welcome."))
    unlikely = FaqMatch(Band.GENERATE, "en", (Candidate("shipping", 0.05, "When do you ship?"),))
    assert decided(detect_intent=lambda question: intent, find_faq=lambda question: unlikely).text == "You are welcome."
    assert decided(detect_intent=lambda question: intent, find_faq=lambda question: match(Band.ANSWER, answer="In 2 days.")).route == "answer"


def test_a_remembered_answer_is_given_as_it_is() -> None:
    cached = Decision("answer", "faq", "en", text="In 2 days.", is_cached=True)
    assert decide(QUESTION, "en", stages(recall=lambda question: cached, detect_intent=deny, word=deny)) is cached


@pytest.mark.parametrize(
    ("intent", "route", "reason"),
    [
        (guess(IntentAction.CHITCHAT, reply="Hello."), "chitchat", "chitchat"),
        (guess(IntentAction.HANDOFF, reply="Hello."), "handoff", "requested"),
        (guess(IntentAction.HANDOFF, "complaint", reply="Hello."), "handoff", "complaint"),
        (guess(IntentAction.REFUSE, reply="Hello."), "refuse", "out_of_scope"),
    ],
)
def test_what_is_no_question_needs_no_search(intent: IntentGuess, route: Any, reason: Any) -> None:
    assert decided(detect_intent=lambda question: intent, find_faq=deny) == Decision(route, reason, "en", text="Hello.")


@pytest.mark.parametrize(("found_by", "reason"), [("exact", "exact"), ("calibrated", "faq")])
def test_a_sure_match_gets_the_stored_text(found_by: str, reason: Any) -> None:
    decision = decided(find_faq=lambda question: match(Band.ANSWER, answer="In 2 days.", reason=found_by), find_evidence=deny)
    assert decision == Decision("answer", reason, "en", text="In 2 days.", faq="shipping", about=("shipping",))


def test_a_near_match_is_asked_back() -> None:
    decision = decided(find_faq=lambda question: match(Band.CLARIFY, options=OPTIONS), find_evidence=deny)
    assert decision == Decision("clarify", "clarify", "en", options=CHIPS, about=("shipping",))


@pytest.mark.parametrize("found", [match(Band.OUT_OF_SCOPE), match(Band.ANSWER), FaqMatch(Band.ANSWER, "en", (), answer="In 2 days.")])
def test_what_has_no_text_to_give_is_refused_with_an_offer(found: FaqMatch) -> None:
    assert decided(find_faq=lambda question: found, find_evidence=deny) == Decision("refuse", "out_of_scope", "en", offers_handoff=True)


def test_evidence_goes_to_the_generator_with_the_chips_for_later() -> None:
    decision = decided(find_faq=lambda question: match(Band.GENERATE, options=OPTIONS), find_evidence=lambda question, found: (WEAK,))
    assert decision == Decision("generate", "evidence", "en", options=CHIPS, evidence=(WEAK,), about=("shipping",))


@pytest.mark.parametrize(("evidence", "can_generate"), [((), True), ((WEAK,), False), ((), False)])
def test_without_evidence_or_engine_the_chips_are_shown(evidence: tuple[Evidence, ...], can_generate: bool) -> None:
    decision = decided(
        find_faq=lambda question: match(Band.GENERATE, options=OPTIONS),
        find_evidence=lambda question, found: evidence,
        can_generate=lambda: can_generate,
    )
    assert decision == Decision("clarify", "clarify", "en", options=CHIPS, about=("shipping",))


def test_without_evidence_and_chips_nothing_is_made_up() -> None:
    assert decided() == Decision("refuse", "no_evidence", "en", offers_handoff=True)


def test_an_engine_that_is_down_has_words_of_its_own_but_a_reason_of_the_contract() -> None:
    decision = decided(find_evidence=lambda question, found: (WEAK,), can_generate=lambda: False)
    assert decision == Decision("refuse", "no_evidence", "en", words="engine_down", offers_handoff=True)


# --- the second half -------------------------------------------------------------------------------------------------


@dataclass
class Passing:
    """A filter or a check that lets all through up to `stop`, and holds `held` characters back like a real one."""

    stop: str = ""
    held: int = 0
    breaks_at: str = ""
    stopped: Level | None = None
    unsupported: Claim | None = None
    hits: tuple[Hit, ...] = ()
    passed: str = ""
    _pending: str = field(default="", init=False)

    def feed(self, piece: str) -> str:
        if self.breaks_at and self.breaks_at in self._pending + piece:
            raise RuntimeError("the check broke")
        if self.stopped or self.unsupported:
            return ""
        self._pending += piece
        if self.stop and self.stop in self._pending:
            return self._end()
        return self._let(len(self._pending) - self.held)

    def flush(self) -> str:
        return "" if self.stopped or self.unsupported else self._let(len(self._pending))

    def _end(self) -> str:
        ready = self._let(self._pending.index(self.stop))
        self.stopped, self.unsupported = Level.BLOCK, Claim(0, 1, self.stop, "number")
        return ready

    def _let(self, size: int) -> str:
        ready, self._pending = self._pending[: max(0, size)], self._pending[max(0, size) :]
        self.passed += ready
        return ready


def speaking(pieces: Iterable[str], *, words: Passing | None = None, claims: Passing | None = None, finish: Finish = "stop") -> Speaking:
    return Speaking(
        generate=lambda: pieces,
        finish=lambda: finish,
        words=words or Passing(),
        claims=claims or Passing(),
        is_decline=lambda text: text.startswith("I do not know"),
    )


def spoken(speech: Generator[str, None, Ending]) -> tuple[str, Ending]:
    shown = ""
    while True:
        try:
            shown += next(speech)
        except StopIteration as end:
            return shown, end.value


PLAIN = Decision("generate", "evidence", "en", evidence=(WEAK,))
WITH_CHIPS = replace(PLAIN, options=CHIPS)
WITH_QUOTE = replace(WITH_CHIPS, evidence=(WEAK, STRONG))

QUOTE = {"rung": 4, "is_grounded": True, "after": "quote", "quotes": (STRONG,)}
CLARIFY = {"rung": 5, "route": "clarify", "reason": "clarify", "after": "clarify"}
OFFER = {"rung": 6, "route": "refuse", "reason": "no_evidence", "after": "offer", "offers_handoff": True}


@pytest.mark.parametrize("finish", ["stop", "length", "deadline"])
def test_an_answer_that_holds_stands_on_the_third_rung(finish: Finish) -> None:
    assert spoken(speak(WITH_QUOTE, speaking(["Brew ", "it."], finish=finish))) == ("Brew it.", Ending(finish, 3, True))


def test_an_engine_that_broke_off_has_not_said_it_all() -> None:
    shown, ending = spoken(speak(WITH_QUOTE, speaking(["Brew "], finish="error")))
    assert (shown, ending.rung, ending.after, ending.finish) == ("Brew ", 4, "quote", "error")


def test_a_listed_word_ends_the_answer_without_a_ladder() -> None:
    shown, ending = spoken(speak(WITH_QUOTE, speaking(["Brew ", "bad ", "it."], words=Passing("bad"))))
    assert (shown, ending) == ("Brew ", Ending("filtered", 3, None, reason="safety"))


def test_a_listed_word_that_only_the_end_shows_ends_it_too() -> None:
    class Late(Passing):
        def flush(self) -> str:
            self.stopped = Level.BLOCK
            return ""

    assert spoken(speak(PLAIN, speaking(["Brew."], words=Late(held=99))))[1].finish == "filtered"


def test_a_visitors_stop_needs_no_ladder() -> None:
    assert spoken(speak(WITH_QUOTE, speaking(["Brew "], finish="cancelled"))) == ("Brew ", Ending("cancelled", 3, None))


@pytest.mark.parametrize(("decision", "rung"), [(WITH_QUOTE, QUOTE), (WITH_CHIPS, CLARIFY), (PLAIN, OFFER)])
def test_a_claim_without_support_climbs(decision: Decision, rung: dict[str, Any]) -> None:
    shown, ending = spoken(speak(decision, speaking(["Brew at ", "99 degrees"], claims=Passing("99"))))
    assert (shown, ending) == ("Brew at ", replace(Ending("unsupported", 6, False), **rung))


@pytest.mark.parametrize(("decision", "rung"), [(WITH_QUOTE, QUOTE), (WITH_CHIPS, CLARIFY), (PLAIN, OFFER)])
@pytest.mark.parametrize("pieces", [[], [" ", "\n"], ["I do not ", "know."]], ids=["nothing", "blank", "decline"])
def test_an_answer_that_says_nothing_climbs(decision: Decision, rung: dict[str, Any], pieces: list[str]) -> None:
    shown, ending = spoken(speak(decision, speaking(pieces)))
    assert (shown, ending) == ("".join(pieces), replace(Ending("stop", 6, None), **rung))


@pytest.mark.parametrize(("holds", "rung"), [(0.5, 4), (0.49, 5)])
def test_only_what_is_more_likely_right_than_not_is_quoted(holds: float, rung: int) -> None:
    assert climb(replace(WITH_CHIPS, evidence=(replace(WEAK, holds=holds),)), Ending("stop", 6, None)).rung == rung


@pytest.mark.parametrize(("holds", "quotes", "rung"), [(0.45, (WEAK,), 4), (0.29, (), 6)])
def test_the_nearest_is_quoted_beside_the_offer_of_a_person_where_nothing_can_be_asked_back(
    holds: float, quotes: tuple[Evidence, ...], rung: int
) -> None:
    ending = climb(replace(PLAIN, evidence=(replace(WEAK, holds=holds),)), Ending("stop", 6, None))
    assert ([quote.text for quote in ending.quotes], ending.rung, ending.offers_handoff) == ([quote.text for quote in quotes], rung, True)


def test_what_stood_out_is_quoted_where_it_could_not_be_written() -> None:
    standing_out = FaqMatch(Band.GENERATE, "en", (Candidate("shipping", 0.4, "When do you ship?"),), reason="one_stands_out")
    decision = decided(find_faq=lambda question: standing_out, find_evidence=lambda question, found: (WEAK,))
    assert climb(decision, Ending("stop", 6, None)).quotes == (WEAK,)


def test_all_that_holds_is_quoted_in_its_order() -> None:
    also = replace(STRONG, id="brewing", text="Use hot water.", holds=0.6)
    assert climb(replace(WITH_CHIPS, evidence=(also, WEAK, STRONG)), Ending("stop", 6, None)).quotes == (also, STRONG)


def test_an_answer_without_any_evidence_can_still_end() -> None:
    assert climb(replace(PLAIN, evidence=()), Ending("stop", 6, None)).after == "offer"


@pytest.mark.parametrize("broken", ["words", "claims"])
def test_a_check_that_breaks_lets_nothing_of_the_piece_out(broken: str) -> None:
    speech = speak(PLAIN, speaking(["Brew ", "it at 80 bad degrees.", " Enjoy."], **{broken: Passing(breaks_at="bad")}))  # type: ignore[arg-type]
    assert next(speech) == "Brew "
    with pytest.raises(RuntimeError):
        next(speech)
    assert list(speech) == []


PIECES = st.lists(st.sampled_from(["Brew ", "it", " at 80", "ba", "d", " 9", "9", "好", "\n", ""]), max_size=14)


@settings(deadline=None)
@given(PIECES, st.sampled_from(["", "bad"]), st.sampled_from(["", "99"]), st.integers(2, 4), st.integers(1, 4))
def test_what_is_spoken_is_what_both_checks_let_through(pieces: list[str], word: str, claim: str, held: int, waits: int) -> None:
    words, claims = Passing(word, held), Passing(claim, waits)
    shown, ending = spoken(speak(PLAIN, speaking(pieces, words=words, claims=claims)))
    text = "".join(pieces)
    assert shown == claims.passed
    assert text.startswith(shown)
    assert not (word and word in shown)
    assert not (claim and claim in shown)
    assert (ending.finish == "stop") == (shown == text)


@settings(deadline=None)
@given(PIECES, PIECES)
def test_nothing_more_is_asked_of_the_generator_after_a_stop(before: list[str], after: list[str]) -> None:
    source = iter([*before, "ba", "d", *after, "the end"])
    spoken(speak(PLAIN, speaking(source, words=Passing("bad", held=2))))
    assert "the end" in source
