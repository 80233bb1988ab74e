"""What is guessed of a message in which no listed word stands, by its meaning or by words in disguise; and who learns of it: the agent, the
trace and the record of hits.

A rule for one of its categories decides as rules decide about words, but by a guess nothing is masked or blocked: a wrong one
must not cost a visitor their words. Knows sites' rules and messages; does not know how meaning or disguises are judged.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from django.conf import settings
from django.utils.translation import gettext as _

from csbot.conversations.models import Conversation, Turn
from csbot.conversations.screening import HitData, hits_keep, hits_told
from knowledge.contracts import Direction, Level, Sensed, WordFilter

log = logging.getLogger(__name__)

BY_MEANING = frozenset({Level.LOG_ONLY, Level.WARN_AGENT, Level.HAND_OVER})
NO_WORD = "–"  # in the place of the word that was met


class SensedData(TypedDict):
    category: str
    score: float
    level: str
    why: str


def sensed_ruled(sensed: Sensed | None, words: WordFilter) -> SensedData | None:
    """With the level that the site's rules give it; None where it is switched off."""
    if sensed is None or not settings.CSBOT.sensing:
        return None
    level, why = words.level_in(sensed.category, sensed.level, Direction.VISITOR)
    if level not in BY_MEANING:
        level, why = sensed.level, ""
    return {"category": sensed.category, "score": sensed.score, "level": str(level), "why": why}


def sensed_keep(turn: Turn, conversation: Conversation, trace: Mapping[str, Any]) -> None:
    """With the visitor's message and in the company's record; what is only to be noted, agents do not read."""
    sensed: SensedData | None = trace.get("sensed")
    if sensed is None:
        return
    hit = HitData(term=NO_WORD, found=f"{sensed['score']:.0%}", category=sensed["category"], level=sensed["level"], why=sensed["why"])
    guesses_keep(turn, conversation, [hit])


def suspected_in(text: str, words: WordFilter) -> list[HitData]:
    """A guess that fails costs nobody an answer: the words that are listed were looked for before."""
    if not settings.CSBOT.sensing:
        return []
    try:
        return hits_told(words.suspect(text), text)
    except Exception:
        log.exception("no guess at disguised words")
        return []


def suspected_keep(turn: Turn, conversation: Conversation, trace: Mapping[str, Any]) -> None:
    """Listed words that may have been meant, written so that no list has them."""
    if suspected := trace.get("suspected"):
        guesses_keep(turn, conversation, suspected)


def guesses_keep(turn: Turn, conversation: Conversation, hits: Sequence[HitData]) -> None:
    hits_keep(conversation, Direction.VISITOR, hits)
    told = [hit for hit in hits if hit["level"] != Level.LOG_ONLY]
    if told:
        question = turn.question
        question.wrap = {**question.wrap, "screen": [*question.wrap.get("screen", []), *told]}
        question.save(update_fields=["wrap"])


def hit_in_words(hit: HitData) -> HitData:
    """For an agent: a hit without a word says how sure it is instead."""
    if hit["term"] != NO_WORD:
        return hit
    return {**hit, "term": hit["found"], "category": category_in_words(hit["category"])}


def sensed_in_words(trace: Mapping[str, Any]) -> str:
    """A sentence of the trace; empty where nothing was sensed."""
    sensed = trace.get("sensed")
    if not sensed:
        return ""
    values = {"category": category_in_words(sensed["category"]), "percent": round(sensed["score"] * 100)}
    return _("Without a listed word the message reads as %(category)s (%(percent)s %%).") % values


def suspected_in_words(trace: Mapping[str, Any]) -> str:
    words = ", ".join(f"{hit['found']} → {hit['term']}" for hit in trace.get("suspected", ()))
    return _("Perhaps a listed word in disguise: %(words)s.") % {"words": words} if words else ""


def category_in_words(category: str) -> str:
    return {"abuse by meaning": _("abuse by meaning"), "self-harm by meaning": _("self-harm by meaning")}.get(category, category)
