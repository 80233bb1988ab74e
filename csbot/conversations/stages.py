"""Which parts run: the composition of the pipeline's stages from the two facades, for one turn.

To exchange a part, change a line here; `pipeline.py` stays as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

from csbot.accounts.models import Site
from csbot.conversations import cache, wrapping
from csbot.conversations.contracts import Decision
from csbot.conversations.events import Language, Source
from csbot.conversations.personal import is_personal
from csbot.conversations.pipeline import Deciding
from csbot.conversations.screening import HitData, hits_told
from csbot.conversations.sensing import sensed_ruled, suspected_in
from csbot.lib import status
from csbot.lookups.answering import look_up, lookups_version
from knowledge import facade as knowledge
from knowledge.contracts import Direction, FaqMatch, IntentGuess, Knowledge, Level, Question, Verdict

P = ParamSpec("P")
T = TypeVar("T")


class Timer:
    """Milliseconds of each stage, for the trace."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}

    def timed(self, name: str, stage: Callable[P, T]) -> Callable[P, T]:
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            start = time.perf_counter()
            try:
                return stage(*args, **kwargs)
            finally:
                self.ms[name] = round((time.perf_counter() - start) * 1000, 2)

        return run


class DecidingStages:
    """The first half's parts for one turn, with the trace that they leave."""

    def __init__(
        self,
        site: Site,
        opened: Knowledge,
        language: Language,
        *,
        may_cache: bool,
        pending: Mapping[str, Any] | None = None,
        visitor: str = "",
        raw: str = "",
    ) -> None:
        """`visitor`: the company's own number for who asks; `pending`: the lookup of the turn before; `raw`: the message before it was masked."""
        self.visitor, self.raw = visitor, raw
        self.site, self.opened, self.language, self.may_cache, self.pending = site, opened, language, may_cache, pending
        self.timer = Timer()
        self.trace: dict[str, Any] = {"version": 1, "snapshot": opened.snapshot, "language": language}
        self.match: FaqMatch | None = None
        self.found: cache.Found | None = None
        self._keys: dict[str, cache.Keys] = {}
        self._words = knowledge.word_filter(site.company_id, site.pk)
        self._said: list[HitData] = []  # listed words in the answer

    def stages(self) -> Deciding:
        timed = self.timer.timed
        return Deciding(
            screen=timed("screen", self.screen),
            recall=timed("cache", self.recall),
            look_up=timed("lookup", self.look_up),
            detect_intent=timed("intent", self.detect_intent),
            sense=timed("sense", self.sense),
            find_faq=timed("faq", self.find_faq),
            find_evidence=timed("evidence", self.opened.find_evidence),
            can_generate=self.can_generate,
            word=self.word,
        )

    def screen(self, text: str) -> Verdict:
        verdict = self._words.check(self.raw or text, Direction.VISITOR)
        self.trace["filter"] = {"level": verdict.level, "hits": hits_told(verdict.hits, self.raw or text)}
        if suspected := suspected_in(self.raw or text, self._words):
            self.trace["suspected"] = suspected
        return verdict

    def recall(self, question: Question) -> Decision | None:
        if not self.may_cache or is_personal(question.text):
            return None
        self.found = cache.cache_find(self.cache_keys(question.text), question.text, knowledge.asks_the_same)
        if self.found is None:
            return None
        decision = self.found.decision
        self.trace["cache"] = self.found.tier
        if decision.route == "generate":
            self.trace |= {"rung": 3, "grounded": True}  # no others are kept
        return self._worded(decision, decision.sources)

    def remember(self, question: Question, decision: Decision) -> cache.Keys | None:
        """Keeps an answer that another visitor may get as well; under which keys, also where it is still to be generated."""
        if not self.may_cache or decision.lookup or decision.route not in ("answer", "generate") or is_personal(question.text):
            return None
        if "sensed" in self.trace:  # from the cache it would not be judged again
            return None
        keys = self.cache_keys(question.text)
        if self.found:
            return replace(keys, exact=self.found.key)
        if self.match and self.match.holds_until:
            keys = replace(keys, holds_until=self.match.holds_until.timestamp())
        if decision.route == "answer" and self.match:
            cache.cache_put(keys, question.text, decision, is_sure=self.match.is_careful, at=question.now)
        return keys

    def cache_keys(self, text: str) -> cache.Keys:
        """As the versions were when they were first asked for: what was decided by old ones is never kept under new ones."""
        if text not in self._keys:
            self._keys[text] = self._keys_of(text)
        return self._keys[text]

    def _keys_of(self, text: str) -> cache.Keys:
        generation = status.generation_status()
        versions = (self.opened.snapshot, generation.model, generation.prompt, self._words.version, lookups_version(self.site))
        scope = (str(self.site.pk), self.language, *versions)
        return cache.keys_of(scope, knowledge.normalise_for_cache(text), knowledge.meaning_key(text, self.language))

    def look_up(self, question: Question) -> Decision | None:
        return look_up(question.text, self.language, site=self.site, opened=self.opened, pending=self.pending, trace=self.trace, visitor=self.visitor)

    def detect_intent(self, question: Question) -> IntentGuess:
        guess = self.opened.detect_intent(question)
        self.trace |= {"intent": knowledge.intent_traced(guess), "replay": self.opened.noted(question)}
        return guess

    def sense(self, question: Question) -> Level | None:
        sensed = sensed_ruled(self.opened.sense(question), self._words)
        if sensed is None:
            return None
        self.trace["sensed"] = sensed
        return Level(sensed["level"])

    def find_faq(self, question: Question) -> FaqMatch:
        self.match = self.opened.find_faq(question)
        self.trace |= {"faq": knowledge.match_traced(self.match), "replay": self.opened.noted(question)}
        return self.match

    def can_generate(self) -> bool:
        self.trace["engine"] = status.generation_status().state
        return bool(self.trace["engine"] == "ready")

    def word(self, decision: Decision) -> Decision:
        if decision.words:
            decision = replace(decision, text=wrapping.text_of(self.site, self.language, decision.words))
        return self._worded(decision, self._faq_source(decision))

    def _worded(self, decision: Decision, sources: tuple[Source, ...]) -> Decision:
        worded = wrapping.word(decision, self.site, sources=sources, screen=self.screen_answer)
        if self._said:
            self.trace["said"] = self._said
            if decision.route != "handoff" and self._words.check(decision.text, Direction.BOT).level is Level.HAND_OVER:
                return wrapping.word(Decision("handoff", "safety", decision.language), self.site, sources=(), screen=self.screen_answer)
        return worded

    def screen_answer(self, text: str) -> str | None:
        """Every text towards a visitor passes the filter of now: masked words are masked; None for a blocked text."""
        verdict = self._words.check(text, Direction.BOT)
        self._said += hits_told(verdict.hits, text)
        return None if verdict.level in (Level.BLOCK, Level.HAND_OVER) else verdict.text

    def _faq_source(self, decision: Decision) -> tuple[Source, ...]:
        if decision.faq is None or self.match is None:
            return ()
        title = next((option.text for option in self.match.options if option.faq == decision.faq), "")
        title = title or (self.match.best.variant if self.match.best else "")
        return ({"type": "faq", "id": decision.faq, "title": title, "url": ""},)
