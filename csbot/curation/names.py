"""What measures, guards, stages and promises are called towards people. What has no name here is called by its own, made readable."""

from __future__ import annotations

from django.utils.translation import gettext as _


def readable(key: str) -> str:
    return key.replace("_", " ").replace(".", " · ")


def feature_name(key: str) -> str:
    return {
        "dense": _("likeness of meaning"),
        "plain": _("likeness of meaning, plain"),
        "dense_two": _("likeness to its two best phrasings"),
        "local": _("likeness, less what is near to everything"),
        "grams": _("likeness of spelling"),
        "bm25": _("rare words in common"),
        "asked_found": _("words of the question found"),
        "variant_found": _("words of the phrasing found"),
        "dice": _("pairs of characters in common"),
        "length": _("likeness of length"),
        "pinyin": _("likeness of sound"),
        "cross": _("read side by side"),
        "score": _("score of the first"),
        "margin": _("lead over the second"),
        "dense_margin": _("lead in meaning"),
        "known": _("words known to the knowledge base"),
        "away_from_background": _("distance from unrelated questions"),
        "alone": _("distance from the other candidates"),
        "agreement": _("measures that agree"),
        "first": _("the first is right"),
        "three": _("the right one is among the first three"),
        "scope": _("any of them is meant"),
        "exact": _("stands among the phrasings"),
        "chosen": _("names one of the offered questions"),
        "rewritten": _("understood as"),
    }.get(key, readable(key))


def guard_name(key: str) -> str:
    return {
        "number": _("number, unit or date"),
        "unit": _("unit"),
        "date": _("date"),
        "polarity": _("a “not” on one side only"),
        "entity": _("another name"),
        "role": _("who does it to whom"),
        "two_questions": _("several questions at once"),
    }.get(key, readable(key))


def stage_name(key: str) -> str:
    return {
        "screen": _("sensitive words"),
        "cache": _("cache"),
        "lookup": _("lookup"),
        "intent": _("intent"),
        "faq": _("FAQ search"),
        "evidence": _("evidence"),
        "encode": _("encoder"),
        "first_token": _("first word"),
        "generate": _("generator"),
        "total": _("all together"),
    }.get(key, readable(key))


def promise_word(promise: int) -> str:
    return {1: _("careful"), 3: _("balanced"), 7: _("eager")}.get(promise, str(promise))


def outcome_word(outcome: str) -> str:
    return {
        "answered": _("answered directly"),
        "clarified": _("asked back"),
        "generated": _("generated"),
        "handed": _("handed over or refused"),
    }.get(outcome, outcome)


def way_word(source: str) -> str:
    return {
        "audit": _("drawn blindly"),
        "near": _("near the line"),
        "console": _("console"),
        "click": _("the visitor's choice"),
        "thumb": _("the visitor's thumb"),
    }.get(source, source)
