"""Generating a turn's answer: the second half of the pipeline around its lease, stream and commit. Runs on the `generation` worker."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db.models import Q

from csbot.conversations import cache, cancelling, pipeline
from csbot.conversations.contracts import Decision, Ending
from csbot.conversations.decisions import decision_unpack
from csbot.conversations.events import Finish
from csbot.conversations.history import history_of
from csbot.conversations.models import Turn
from csbot.conversations.screening import hits_told
from csbot.conversations.services.turns import (
    MAX_ATTEMPTS,
    generation_begun,
    generation_claim,
    generation_commit,
    generation_renew,
    turn_retry_or_fail,
)
from csbot.conversations.streaming import DeltaWriter
from csbot.conversations.wrapping import text_of
from csbot.lib.clock import now
from inference import facade as inference
from inference.contracts import EngineDead, EngineOverloaded, GenerationRequest, Handle, Prompt, PromptEvidence, PromptInput
from knowledge import facade as knowledge
from knowledge.contracts import Direction, Hiding, Level

log = logging.getLogger(__name__)

RENEW_EVERY_S = 3.0
SAID_CHARACTERS = 4000


class Fenced(Exception):
    """Another attempt, a person or a deadline has taken the turn over; what this attempt does is of no use any more."""


@dataclass(slots=True)
class Attempt:
    """One attempt at one turn: the engine's handle, the lease, and what the trace says of them.

    `support`, from 0 to 1, says how well what was generated rests on the evidence.
    """

    turn: Turn
    decision: Decision
    prompt: Prompt
    handle: Handle | None = None
    made: Iterable[str] = ()
    refusal: Exception | None = None
    renewed: float = field(default_factory=time.monotonic)
    support: float | None = None
    hidden: Hiding | None = None  # the question as the model may see it

    def submit(self) -> None:
        """Hand the prompt to the engine. Where it has no room or is down there is no piece, and the ladder goes on without it."""
        left_s = (self.turn.deadline - now()).total_seconds() - 1
        request = GenerationRequest(
            id=str(self.turn.gen),
            messages=self.prompt.messages,
            max_new_tokens=settings.CSBOT.max_new_tokens,
            deadline_s=max(1.0, left_s),
            tenant=str(self.turn.conversation.site_id),
            pulse_s=RENEW_EVERY_S,  # a turn that waits long for its first word is no silent worker's
        )
        try:
            self.handle, self.made = inference.answer_pieces(request)
        except (EngineOverloaded, EngineDead, ValueError) as error:
            log.warning("turn %s: not generated: %s", self.turn.pk, error)
            self.refusal = error
            return
        if cancelling.is_cancelled(request.id):  # it came before the engine knew this answer
            self.stop()

    def pieces(self) -> Iterator[str]:
        """What the engine makes; none further where it broke off in the last attempt."""
        made, self.made = self.made, ()  # nobody else holds it: whoever stops listening stops the engine
        try:
            for piece in made:
                self._keep_lease()
                yield piece
        except EngineDead as error:
            if self.turn.generation_attempt < MAX_ATTEMPTS:
                raise
            log.warning("turn %s: broken off in its last attempt: %s", self.turn.pk, error)
            self.refusal = error

    def finish(self) -> Finish:
        return (self.handle.finish if self.handle else "error") or "error"

    def stop(self) -> None:
        if self.handle and self.handle.finish is None:
            inference.engine().cancel(self.handle.id)

    def _keep_lease(self) -> None:
        if time.monotonic() - self.renewed < RENEW_EVERY_S:
            return
        self.renewed = time.monotonic()
        if not generation_renew(self.turn):
            raise Fenced
        if self.turn.gen and cancelling.is_cancelled(self.turn.gen):  # nobody listened when it was said
            self.stop()

    def trace(self, ending: Ending, text: str) -> dict[str, Any]:
        usage = self.handle.usage if self.handle else None
        engine: dict[str, Any] = {"refused": f"{type(self.refusal).__name__}: {self.refusal}"} if self.refusal else {}
        if usage:
            engine |= {
                "prompt_tokens": usage.prompt_tokens,
                "new_tokens": usage.new_tokens,
                "queue_ms": round(usage.queue_ms, 1),
                "first_token_ms": round(usage.first_token_ms, 1) if usage.first_token_ms is not None else None,
                "total_ms": round(usage.total_ms, 1),
                "tokens_per_s": round(usage.tokens_per_s, 2),
            }
        return {
            "rung": ending.rung,
            "finish": ending.finish,
            "grounded": ending.is_grounded,
            "support": self.support,
            "model": inference.model_version(),
            "prompt": self.prompt.version,
            "attempt": self.turn.generation_attempt,
            "generation": engine,
            "evidence": [{"type": item.type, "id": item.id, "text": item.text, "holds": round(item.holds, 4)} for item in self.decision.evidence],
        }


def turn_generate(turn_id: str, attempt: int) -> None:
    turn = generation_claim(turn_id, attempt)
    if turn is None:
        return
    current: Attempt | None = None
    try:
        current = attempt_open(turn)
        current.submit()  # what else the answer needs is made ready while the engine reads
        generation_begun(turn)
        _generate(current)
    except Fenced:
        log.info("turn %s: attempt %d was overtaken", turn.pk, attempt)
    except Exception as error:
        log.exception("turn %s: attempt %d failed", turn.pk, attempt)
        turn_retry_or_fail(turn.pk, Q(state=Turn.State.STREAMING, gen=turn.gen), why=f"generation: {type(error).__name__}: {error}")
    finally:
        if current:
            current.stop()


def attempt_open(turn: Turn) -> Attempt:
    """Without the conversation's history: a small model mixes it up with the evidence, and the router has already used it."""
    decision = decision_unpack(turn.decision)
    question = turn.chip.get("question") or turn.question.text
    # What the company itself wrote is no visitor's, so that the evidence stays as it is.
    hidden = knowledge.hide_personal(question, decision.language) if turn.conversation.site.hides_personal else None
    prompt = inference.build_prompt(
        PromptInput(
            question=hidden.text if hidden else question,
            language=decision.language,
            company=turn.conversation.site.company.name,
            evidence=tuple(PromptEvidence(item.title, item.text) for item in decision.evidence),
        )
    )
    return Attempt(turn, decision, prompt, hidden=hidden)


def _generate(current: Attempt) -> None:
    turn, decision = current.turn, current.decision
    site = turn.conversation.site
    words = knowledge.word_filter(site.company_id, site.pk)
    stream = words.open_stream(Direction.BOT)
    # What the visitor said may be said back; numbers of our own earlier answers belonged to other questions.
    claims = inference.open_grounding([item.text for item in decision.evidence], _said(turn), decision.language)
    speaking = pipeline.Speaking(
        generate=lambda: current.hidden.restored(current.pieces()) if current.hidden else current.pieces(),
        finish=current.finish,
        words=stream,
        claims=claims,
        is_decline=lambda text: inference.is_decline(text, decision.language) or _says_nothing(text, turn),
    )
    writer = DeltaWriter(turn.gen or "")
    ending = _speak(current, speaking, writer)
    current.support = round(claims.support, 3) if writer.seen.strip() else None
    said = hits_told(stream.hits)
    if ending.after == "quote":
        quoted = words.check("\n\n".join([text_of(site, decision.language, "quote"), *(quote.text for quote in ending.quotes)]), Direction.BOT)
        is_stopped = quoted.level in (Level.BLOCK, Level.HAND_OVER)
        shown = text_of(site, decision.language, "safety") if is_stopped else quoted.text
        said += hits_told(quoted.hits)
        writer.add(f"…\n\n{shown}" if writer.seen.strip() else shown)
    elif ending.finish == "filtered" and not writer.seen.strip():
        writer.add(text_of(site, decision.language, "safety"))
    elif ending.after in ("clarify", "offer") and not writer.seen.strip():
        writer.add(_own_words(current, ending))
    text = writer.close()
    _remember(turn, decision, ending, text)  # before the visitor sees its end: a thumb down may follow at once
    if not generation_commit(turn, decision, ending, text, {**current.trace(ending, text), "said": said}):
        raise Fenced


def _said(turn: Turn) -> list[str]:
    """The question and those before it, as long as they are short enough to be read while the visitor waits."""
    said: list[str] = []
    for text in (turn.question.text, *(item.question for item in reversed(history_of(turn)))):
        said.append(text[: SAID_CHARACTERS - sum(map(len, said))])
    return said


def _remember(turn: Turn, decision: Decision, ending: Ending, text: str) -> None:
    """Only a complete answer, every claim of which was found in the evidence; and for its own words: it says yes or no to these."""
    keys = turn.decision.get("cache")
    if keys and ending.finish == "stop" and ending.rung == 3 and ending.is_grounded and ending.after == "nothing":
        cache.cache_put(cache.Keys(**keys), turn.question.text, replace(decision, text=text), is_sure=False)


def _says_nothing(text: str, turn: Turn) -> bool:
    """A small model at a loss repeats the question."""
    return knowledge.normalise_for_cache(text) == knowledge.normalise_for_cache(turn.question.text)


def _speak(current: Attempt, speaking: pipeline.Speaking, writer: DeltaWriter) -> Ending:
    speech = pipeline.speak(current.decision, speaking)
    while True:
        try:
            writer.add(next(speech))
        except StopIteration as end:
            ending: Ending = end.value
            return ending


def _own_words(current: Attempt, ending: Ending) -> str:
    """Whoever finds the engine full or away is told so: that there is no answer would not be true."""
    refusal, told = current.refusal, {}
    key = "clarify" if ending.after == "clarify" else "no_evidence"
    if ending.after == "offer" and isinstance(refusal, (EngineDead, EngineOverloaded)):
        key = "engine_down"
        if isinstance(refusal, EngineOverloaded) and refusal.ahead:
            key, told = "engine_full", {"ahead": refusal.ahead}
    return text_of(current.turn.conversation.site, current.decision.language, key, **told)
