"""The answer cache under the questions of many visitors: how much it serves, how often wrongly, how fast.

Visitors ask real phrasings as often as Zipf's law says (the n-th most frequent 1/n as often as the first); which phrasing is frequent is
chance from a seed. Every request goes through the pipeline's own page with the production's stages, screen, keys and guards, on a cache
that is empty at first. What answers a phrasing that the cache does not know is told here, so that only the cache can be wrong (`Told`), or is
decided by the router on the folder's own FAQs (`Once`): then fewer phrasings get an answer that can be kept, and the router's errors count.
"""

from __future__ import annotations

import csv
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

from csbot.accounts.models import Site
from csbot.conversations import cache, pipeline
from csbot.conversations.contracts import Decision
from csbot.conversations.stages import DecidingStages
from csbot.lib.clock import now
from knowledge import facade as knowledge
from knowledge.contracts import Band, Candidate, Evidence, FaqMatch, IntentAction, IntentGuess, Knowledge, Language, NearestExample, Question

T = TypeVar("T")

NONE = "NONE"


class BenchError(ValueError):
    """Names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """`topics`: whose answer is right for it, its own first. A question that no FAQ answers has a topic of its own."""

    text: str
    topics: tuple[str, ...]
    is_faq: bool = True

    @property
    def language(self) -> Language:
        return knowledge.detect_language(self.text)


@dataclass(frozen=True, slots=True)
class Request:
    phrasing: Phrasing
    tier: cache.Tier | None
    is_right: bool
    is_first: bool  # nobody has asked in these words before
    ms: float


# --- phrasings -------------------------------------------------------------------------------------------------------


def phrasings_read(folder: Path) -> list[Phrasing]:
    """queries.csv and faqs.csv in the format of the FAQ bench. Raises `BenchError`."""
    found = [_of_query(row) for row in _rows(folder / "queries.csv", ("query_id", "query", "expected_faq_id"))]
    for row in _rows(folder / "faqs.csv", ("faq_id", "question")):
        found += [Phrasing(text, (row["faq_id"],)) for text in [row["question"], *(row.get("variants") or "").split("||")]]
    return _once(found)


def phrasings_of(faqs: Iterable[Mapping[str, Any]]) -> list[Phrasing]:
    """All that stand in a base's own FAQs."""
    return _once([Phrasing(text, (str(faq["key"]),)) for faq in faqs for texts in faq["variants"].values() for text in texts])


def _of_query(row: Mapping[str, str]) -> Phrasing:
    if row["expected_faq_id"] in ("", NONE):
        return Phrasing(row["query"], (f"{NONE} {row['query_id']}",), is_faq=False)
    also = [part.strip() for part in (row.get("also_ok") or "").split(";") if part.strip()]
    return Phrasing(row["query"], (row["expected_faq_id"], *also))


def _once(found: Sequence[Phrasing]) -> list[Phrasing]:
    return list({phrasing.text.strip(): replace(phrasing, text=phrasing.text.strip()) for phrasing in found if phrasing.text.strip()}.values())


def _rows(path: Path, needed: Iterable[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BenchError(f"{path}: {error}") from error
    for name in needed:
        if not rows or name not in rows[0]:
            raise BenchError(f"{path}: the column {name} is missing, or there are no rows")
    return rows


def asked(phrasings: Sequence[Phrasing], requests: int, seed: int) -> list[Phrasing]:
    """Zipf's law with s = 1 over the phrasings in an order of chance."""
    draw = random.Random(seed)  # noqa: S311 - the same at every run
    ranked = sorted(phrasings, key=lambda phrasing: phrasing.text)
    draw.shuffle(ranked)
    return draw.choices(ranked, cum_weights=list(accumulate(1 / rank for rank in range(1, len(ranked) + 1))), k=requests)


# --- asking ----------------------------------------------------------------------------------------------------------


class Told:
    """Knowledge that knows each phrasing's topic: its FAQ's answer, or evidence that only its own answer rests on."""

    def __init__(self, snapshot: str, phrasings: Sequence[Phrasing]) -> None:
        self.snapshot = snapshot
        self._topics = {phrasing.text: phrasing for phrasing in phrasings}

    def detect_intent(self, question: Question) -> IntentGuess:
        return IntentGuess("question", IntentAction.QUESTION, 1.0, "none")

    def find_faq(self, question: Question) -> FaqMatch:
        phrasing, language = self._topics[question.text], question.language or "en"
        if not phrasing.is_faq:
            return FaqMatch(Band.GENERATE, language, ())
        topic = phrasing.topics[0]
        return FaqMatch(Band.ANSWER, language, (Candidate(topic, 1.0, question.text),), answer=f"[[{topic}]]", is_careful=True)

    def find_evidence(self, question: Question, match: FaqMatch) -> tuple[Evidence, ...]:
        return (Evidence("article", "told", "told", "told", match.language, holds=1.0),)

    def answer_of(self, faq: str, language: Language, now: datetime) -> str | None:
        return None

    def sense(self, question: Question) -> None:
        """Nothing."""

    def prepare_examples(self, examples: tuple[tuple[str, str], ...]) -> None:
        """Nothing to prepare."""

    def nearest_example(self, examples: tuple[tuple[str, str], ...], text: str) -> NearestExample | None:
        return None

    def noted(self, question: Question) -> dict[str, Any]:
        return {}


class Once:
    """A published snapshot that is asked once about each phrasing: it would say the same again."""

    def __init__(self, opened: Knowledge) -> None:
        self.snapshot = opened.snapshot
        self.detect_intent = _remembered(opened.detect_intent)
        self.find_faq = _remembered(opened.find_faq)
        self._find_evidence = _remembered(lambda question: opened.find_evidence(question, self.find_faq(question)))
        self.sense = opened.sense
        self.nearest_example = opened.nearest_example
        self.prepare_examples = opened.prepare_examples
        self.answer_of = opened.answer_of
        self.noted = opened.noted

    def find_evidence(self, question: Question, match: FaqMatch) -> tuple[Evidence, ...]:
        return self._find_evidence(question)


def _remembered(stage: Callable[[Question], T]) -> Callable[[Question], T]:
    known: dict[str, T] = {}

    def asked_once(question: Question) -> T:
        if question.text not in known:
            known[question.text] = stage(question)
        return known[question.text]

    return asked_once


def published(site: Site, folder: Path) -> Knowledge:
    """The folder's FAQs as a knowledge base of its own, opened. Loads the encoder."""
    base = knowledge.create_knowledge_base(site.company_id, str(folder)[-80:])
    knowledge.replace_knowledge(base, faqs=[_as_faq(row) for row in _rows(folder / "faqs.csv", ("faq_id", "question"))], articles=(), intents=())
    knowledge.build_and_publish(base, actor="bench")
    return knowledge.open_knowledge(base)


def _as_faq(row: Mapping[str, str]) -> dict[str, Any]:
    variants: dict[str, list[str]] = {}
    for text in dict.fromkeys(text.strip() for text in [row["question"], *(row.get("variants") or "").split("||")] if text.strip()):
        variants.setdefault(knowledge.detect_language(text), []).append(text)
    answer = (row.get("answer") or "").strip()[:4000] or f"[[{row['faq_id']}]]"
    return {"key": row["faq_id"], "category": row.get("category") or "", "variants": variants, "answers": dict.fromkeys(variants, answer)}


class Visitors:
    """Ask one after the other, each in a conversation of its own, as the `answers` worker would answer them."""

    def __init__(self, site: Site, opened: Knowledge) -> None:
        self._site = site
        self._opened = opened
        self._seen: set[str] = set()

    def ask(self, phrasing: Phrasing) -> Request:
        question = Question(phrasing.text, now(), phrasing.language)
        start = time.perf_counter()
        parts = DecidingStages(self._site, self._opened, phrasing.language, may_cache=True)
        stages = replace(parts.stages(), can_generate=lambda: True)
        decision = pipeline.decide(question, phrasing.language, stages)
        keys = parts.remember(question, decision)
        passed_ms = (time.perf_counter() - start) * 1000
        if keys and decision.route == "generate" and not decision.is_cached:
            self._generated(keys, phrasing, decision)
        is_first = phrasing.text not in self._seen
        self._seen.add(phrasing.text)
        is_right = (decision.faq or decision.text) in phrasing.topics
        return Request(phrasing, parts.found.tier if parts.found else None, is_right, is_first, passed_ms)

    def _generated(self, keys: cache.Keys, phrasing: Phrasing, decision: Decision) -> None:
        """What the `generation` worker does at the end of a complete answer; this one names whom it is for."""
        cache.cache_put(keys, phrasing.text, replace(decision, text=phrasing.topics[0]), is_sure=False)


def run(site: Site, opened: Knowledge, phrasings: Sequence[Phrasing], requests: int, seed: int) -> list[Request]:
    visitors = Visitors(site, opened)
    return [visitors.ask(phrasing) for phrasing in asked(phrasings, requests, seed)]


# --- figures ---------------------------------------------------------------------------------------------------------


def figures(requests: Sequence[Request]) -> dict[str, Any]:
    """`wrong_hits` is a share of the hits, `meaning.wrong` of those by meaning; times are those of answers from the cache."""
    hits = [request for request in requests if request.tier]
    first = [request for request in requests if request.is_first]
    times = sorted(request.ms for request in hits)
    return {
        "hit_share": _share(hits, requests),
        "wrong_hits": _share([request for request in hits if not request.is_right], hits),
        "p50_ms": _at(times, 0.5),
        "p95_ms": _at(times, 0.95),
        "exact": _tier(requests, "exact"),
        "meaning": _tier(requests, "meaning"),
        "first_time": {"n": len(first), "served": _share([request for request in first if request.tier], first)},
        "n": len(requests),
    }


def _tier(requests: Sequence[Request], tier: cache.Tier) -> dict[str, float | None]:
    mine = [request for request in requests if request.tier == tier]
    return {"share": _share(mine, requests), "wrong": _share([request for request in mine if not request.is_right], mine)}


def _share(part: Sequence[Request], whole: Sequence[Request]) -> float | None:
    return round(len(part) / len(whole), 4) if whole else None


def _at(times: Sequence[float], share: float) -> float | None:
    return round(times[min(len(times) - 1, int(share * len(times)))], 2) if times else None
