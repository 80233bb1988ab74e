"""The product on one page: what happens between a visitor's question and the answer.

Two halves, because two kinds of machine do them. `decide` runs on the `answers` worker and ends with a route;
`speak` runs on the `generation` worker and only for the route `generate`. Each step is a stage, handed in by
`stages.py`; this page knows their order and nothing of how they work, of frameworks or of models.

    screen → recall → intent → sense → look up → FAQ ──► answer | clarify | refuse | chitchat | handoff
                                                  └────► evidence → generate → filter → check → ladder
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, replace

from csbot.conversations.contracts import Decision, Ending
from csbot.conversations.events import Finish, Language, Option
from inference.contracts import GroundingStream
from knowledge.contracts import ONE_STANDS_OUT, SEVERAL, Band, Evidence, FaqMatch, IntentAction, IntentGuess, Level, Question, StreamFilter, Verdict

# More likely than not what was asked for: the promise is for what is given as the answer, a quote is given as a quote.
QUOTED_FROM = 0.5
# Less likely than that, but the best there is: quoted beside the offer of a person, and only where nothing can be asked back.
NEAREST_FROM = 0.3


@dataclass(frozen=True, slots=True)
class Deciding:
    """The stages of the first half."""

    screen: Callable[[str], Verdict]
    recall: Callable[[Question], Decision | None]
    look_up: Callable[[Question], Decision | None]  # in the company's own systems
    detect_intent: Callable[[Question], IntentGuess]
    sense: Callable[[Question], Level | None]  # what it means without a listed word
    find_faq: Callable[[Question], FaqMatch]
    find_evidence: Callable[[Question, FaqMatch], tuple[Evidence, ...]]
    can_generate: Callable[[], bool]
    word: Callable[[Decision], Decision]  # gives a decision its words: the site's texts, sources, offers


def decide(question: Question, language: Language, stages: Deciding) -> Decision:
    """The route of a question, and its whole answer unless it is to be generated."""
    verdict = stages.screen(question.text)
    if verdict.is_in_need:
        return stages.word(Decision("handoff", "safety", language, words="in_need"))
    if verdict.level is Level.BLOCK:
        return stages.word(Decision("refuse", "safety", language))
    if verdict.level is Level.HAND_OVER:
        return stages.word(Decision("handoff", "safety", language))
    if cached := stages.recall(question):
        return cached
    return stages.word(_decide(question, language, stages))


def _decide(question: Question, language: Language, stages: Deciding) -> Decision:
    """What the company does not talk about comes before its lookups, what is none of its business after them."""
    intent = stages.detect_intent(question)
    if stages.sense(question) is Level.HAND_OVER:
        return Decision("handoff", "safety", language, words="in_need")
    if intent.action is IntentAction.HANDOFF or (intent.action is IntentAction.REFUSE and not intent.is_elsewhere):
        return _settle(intent, language)
    if found := stages.look_up(question):
        return found
    if intent.action is not IntentAction.QUESTION:
        return _settle(intent, language)
    match = stages.find_faq(question)
    if intent.otherwise and match.is_unlikely:
        return _settle(intent.otherwise, language)
    if match.band is not Band.GENERATE:
        return _remembering(match, _settle_match(match))
    evidence = stages.find_evidence(question, match)
    return _remembering(match, _ask_generator(match, evidence, can_generate=stages.can_generate()))


def _settle(intent: IntentGuess, language: Language) -> Decision:
    """Small talk, "a person, please" and what is out of scope need no search."""
    if intent.action is IntentAction.HANDOFF:
        return Decision("handoff", "complaint" if intent.key == "complaint" else "requested", language, text=intent.reply)
    if intent.action is IntentAction.REFUSE:
        return Decision("refuse", "out_of_scope", language, text=intent.reply)
    return Decision("chitchat", "chitchat", language, text=intent.reply)


def _settle_match(match: FaqMatch) -> Decision:
    language = match.language
    options: tuple[Option, ...] = tuple({"faq": option.faq, "text": option.text} for option in match.options)
    if match.band is Band.ANSWER and match.best and match.answer:
        return Decision("answer", "exact" if match.reason == "exact" else "faq", language, text=match.answer, faq=match.best.faq)
    if match.band is Band.CLARIFY:
        return Decision("clarify", "clarify", language, options=options)
    return Decision("refuse", "out_of_scope", language, offers_handoff=True)


def _remembering(match: FaqMatch, decision: Decision) -> Decision:
    """With what the visitor's next message may go on with."""
    of_evidence = tuple(item.id for item in decision.evidence if item.type == "faq")
    offered = tuple(option["faq"] for option in decision.options[:1])
    return replace(decision, asked=match.asked, about=(decision.faq,) if decision.faq else of_evidence or offered)


def _ask_generator(match: FaqMatch, evidence: tuple[Evidence, ...], *, can_generate: bool) -> Decision:
    """The ladder's first rung: evidence. Without any there is nothing that an answer could rest on."""
    language = match.language
    options: tuple[Option, ...] = tuple({"faq": option.faq, "text": option.text} for option in match.options)
    if evidence and can_generate:
        is_settled = match.reason in (ONE_STANDS_OUT, SEVERAL)
        return Decision("generate", "evidence", language, options=options, evidence=evidence, is_settled=is_settled)
    if options:
        return Decision("clarify", "clarify", language, options=options)
    return Decision("refuse", "no_evidence", language, words="" if can_generate else "engine_down", offers_handoff=True)


@dataclass(frozen=True, slots=True)
class Speaking:
    """The stages of the second half, bound to one turn."""

    generate: Callable[[], Iterable[str]]
    finish: Callable[[], Finish]
    words: StreamFilter
    claims: GroundingStream
    is_decline: Callable[[str], bool]


def speak(decision: Decision, stages: Speaking) -> Generator[str, None, Ending]:
    """Yields what the visitor sees, piece by piece; returns how it ended. Nothing yielded is ever taken back."""
    shown = ""
    for piece in stages.generate():
        delta = stages.claims.feed(stages.words.feed(piece))
        if delta:
            shown += delta
            yield delta
        if stages.words.stopped or stages.claims.unsupported:
            break
    else:
        rest = stages.claims.feed(stages.words.flush()) + stages.claims.flush()
        if rest:
            shown += rest
            yield rest
    if stages.words.stopped:
        return Ending("filtered", 3, None, reason="safety", hands_over=stages.words.stopped is Level.HAND_OVER)
    if stages.claims.unsupported:
        return climb(decision, Ending("unsupported", 6, False))
    finish = stages.finish()
    if finish == "cancelled":
        return Ending(finish, 3, None)
    if finish == "error" or not shown.strip() or stages.is_decline(shown):  # an engine that broke off has not said it all
        return climb(decision, Ending(finish, 6, None))
    return Ending(finish, 3, True)


def climb(decision: Decision, ending: Ending) -> Ending:
    """Rungs 4 to 6: quote the evidence that holds, said to be a quote, else ask back, else offer a person."""
    quotes = tuple(evidence for evidence in decision.evidence if decision.is_settled or evidence.holds >= QUOTED_FROM)
    if quotes:
        return replace(ending, rung=4, is_grounded=True, after="quote", quotes=quotes)
    if decision.options:
        return replace(ending, rung=5, route="clarify", reason="clarify", after="clarify")
    nearest = max(decision.evidence, key=lambda evidence: evidence.holds, default=None)
    if nearest and nearest.holds >= NEAREST_FROM:
        return replace(ending, rung=4, is_grounded=True, after="quote", quotes=(nearest,), offers_handoff=True)
    return replace(ending, rung=6, route="refuse", reason="no_evidence", after="offer", offers_handoff=True)
