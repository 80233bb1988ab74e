"""Answering a turn: the first half of the pipeline around its leases and commits. Runs on the `answers` worker."""

from __future__ import annotations

import logging

from django.db.models import Q

from csbot.conversations import pipeline
from csbot.conversations.contracts import Decision
from csbot.conversations.history import past_of
from csbot.conversations.models import Turn
from csbot.conversations.services.turns import decision_commit, turn_claim, turn_retry_or_fail
from csbot.conversations.shadowing import check_ask
from csbot.conversations.stages import DecidingStages
from csbot.lib.clock import now
from knowledge import facade as knowledge
from knowledge.contracts import Question

log = logging.getLogger(__name__)


def turn_answer(turn_id: str) -> None:
    """Decide and commit. Any failure leads to a second attempt or an honest ending, never to silence."""
    turn = turn_claim(turn_id)
    if turn is None:
        return
    try:
        _answer(turn)
    except Exception as error:
        log.exception("turn %s: routing failed", turn.pk)
        turn_retry_or_fail(turn.pk, Q(state=Turn.State.ROUTING, attempt=turn.attempt), why=f"routing: {type(error).__name__}: {error}")


def _answer(turn: Turn) -> None:
    site = turn.conversation.site
    language = turn.question.language
    history, pending = past_of(turn)
    opened = knowledge.open_knowledge(str(site.knowledge_base_id))
    may_cache, visitor, raw = not history and not turn.chip, turn.conversation.visitor.external_id, turn.question.wrap.get("raw", "")
    parts = DecidingStages(site, opened, language, may_cache=may_cache, pending=pending, visitor=visitor, raw=raw)  # type: ignore[arg-type]
    question = Question(text=turn.question.text, now=now(), language=language, history=history)  # type: ignore[arg-type]
    stages = parts.stages()
    decision = _after_chip(turn, question, parts) if turn.chip else pipeline.decide(question, language, stages)  # type: ignore[arg-type]
    trace = {**parts.trace, "route": decision.route, "reason": decision.reason, "ms": parts.timer.ms}
    keys = None if turn.chip else parts.remember(question, decision)  # before the visitor sees it: a thumb down or the same may follow at once
    if not decision_commit(turn, decision, trace, snapshot=opened.snapshot, keys=keys):
        log.info("turn %s: decided too late, another attempt or a person has it", turn.pk)
    elif decision.is_cached:
        check_ask(turn)


def _after_chip(turn: Turn, question: Question, parts: DecidingStages) -> Decision:
    """A chip names its FAQ: that answer. "None of these": the original question goes to the generator, without that step again."""
    language = question.language or "en"
    parts.trace["chip"] = turn.chip["faq"]
    if turn.chip["faq"] != "none":
        return _answer_of(turn.chip["faq"], question, parts)
    asked = Question(text=turn.chip["question"] or question.text, now=question.now, language=language, history=question.history)
    match = parts.find_faq(asked)
    evidence = parts.opened.find_evidence(asked, match)
    if evidence and parts.can_generate():
        return parts.word(Decision("generate", "evidence", language, evidence=evidence))
    return parts.word(Decision("refuse", "no_evidence", language, offers_handoff=True))


def _answer_of(faq: str, question: Question, parts: DecidingStages) -> Decision:
    language = question.language or "en"
    answer = parts.opened.answer_of(faq, language, question.now)
    if answer is None:
        return parts.word(Decision("refuse", "no_evidence", language, offers_handoff=True))
    parts.find_faq(question)
    return parts.word(Decision("answer", "faq", language, text=answer, faq=faq, about=(faq,)))
