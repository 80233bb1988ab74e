"""The figures of `filter_bench`, in the order in which they are measured.

Puts the other files of this folder together. Does not print.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import psutil

from knowledge.contracts import Direction, Language
from knowledge.sensitive.evaluation import guessing, speed, streaming
from knowledge.sensitive.evaluation.disguises import DISGUISES
from knowledge.sensitive.evaluation.evasions import NUMBERED, cases, missed
from knowledge.sensitive.evaluation.made_words import made_terms, messages
from knowledge.sensitive.matcher import Matcher, build_matcher
from knowledge.sensitive.ordinary.texts import ordinary_texts
from knowledge.sensitive.starter import starter_allowed, starter_terms
from knowledge.sensitive.terms import Term

TONGUES: tuple[Language, ...] = ("zh", "en")
HELD_TEXTS = 400


@dataclass(frozen=True, slots=True)
class Plan:
    terms: Sequence[Term]  # beside the starter list
    evasions: int = 500  # of each disguise
    splits: int = 100_000
    seed: int = 1


def plan_of(count: int, evasions: int, splits: int, seed: int = 1) -> Plan:
    return Plan(made_terms(max(0, count - len(starter_terms())), seed), evasions, splits, seed)


def run(plan: Plan) -> dict[str, Any]:
    lists, starter = [starter_terms(), plan.terms], build_matcher([starter_terms()], starter_allowed())
    matcher, built = _built(lists)
    texts = {language: messages(language, plan.terms, seed=plan.seed) for language in TONGUES}
    searches = speed.bare_searches([term.text for terms in lists for term in terms])
    prefixes = [term.text[:-1] for term in plan.terms[:5000]]
    return built | {
        "speed": {language: speed.throughput(lambda text: matcher.check(text, Direction.VISITOR), texts[language]) for language in TONGUES},
        "hits": {language: _hit_share(matcher, texts[language]) for language in TONGUES},
        "bare": {
            name: search if isinstance(search, str) else {language: speed.throughput(search, texts[language]) for language in TONGUES}
            for name, search in searches.items()
        },
        "hostile_s": speed.hostile(matcher, prefixes),
        "reload": speed.reload(lists, starter_allowed(), texts["zh"]),
        "held_back": _held_back(matcher),
        "held_back_starter": _held_back(starter),
        "splits": {"cases": plan.splits, "differences": len(streaming.differences(plan.splits, plan.seed))},
        "evasions": evasions(plan),
        "guessed": guessing.found(starter, plan.evasions, plan.seed),
        "listed_found": _listed_found(matcher),
    }


def _built(lists: Sequence[Sequence[Term]]) -> tuple[Matcher, dict[str, Any]]:
    build_matcher([starter_terms()[:10]], starter_allowed())  # tables of characters are made once a process
    gc.collect()
    before = psutil.Process().memory_info().rss
    began, worked = time.perf_counter(), time.process_time()
    matcher = build_matcher(lists, starter_allowed())
    seconds, busy = time.perf_counter() - began, time.process_time() - worked
    memory = (psutil.Process().memory_info().rss - before) / 1e6
    size = {"words": len(matcher.words.terms), "forms": len(matcher.words.whole)}
    return matcher, size | {"build_s": round(seconds, 2), "build_cpu_s": round(busy, 2), "memory_mb": round(memory, 1)}


def evasions(plan: Plan) -> dict[str, float]:
    """The share of disguised words of the starter list that is found."""
    listed = [term.text for term in starter_terms()]
    matcher = build_matcher([starter_terms(), [Term(word, language="zh") for word in NUMBERED]], starter_allowed())
    found = {}
    for kind in DISGUISES:
        tried = cases(kind, listed, plan.evasions, plan.seed)
        found[kind] = round(1 - len(missed(matcher, tried)) / max(1, len(tried)), 4)
    return found


def _held_back(matcher: Matcher) -> dict[str, dict[str, float]]:
    """By language, and of both with as many characters of each."""
    texts = {language: _clean(matcher, language) for language in TONGUES}
    least = min(sum(map(len, each)) for each in texts.values())
    evenly = [text for each in texts.values() for text, before in zip(each, accumulate(map(len, each), initial=0), strict=False) if before < least]
    return {language: streaming.held_back(matcher, each) for language, each in texts.items()} | {"mixed": streaming.held_back(matcher, evenly)}


def _clean(matcher: Matcher, language: Language) -> list[str]:
    clean = [text for text in ordinary_texts() if text.isascii() is (language == "en") and not matcher.check(text, Direction.BOT).hits]
    return clean[:: max(1, len(clean) // HELD_TEXTS)]


def _hit_share(matcher: Matcher, texts: Sequence[str]) -> float:
    return round(sum(bool(matcher.check(text, Direction.VISITOR).hits) for text in texts) / len(texts), 4)


def _listed_found(matcher: Matcher) -> float:
    """Of all accepted words the share that is found in a sentence."""
    words = [term.text for term in matcher.words.terms]
    return round(sum(bool(matcher.check(f"({word})", Direction.VISITOR).hits) for word in words) / max(1, len(words)), 5)
