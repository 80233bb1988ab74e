"""A completion by the engine and the word filter alone, asked for by the model's own name. Nothing of it is stored."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from redis.exceptions import RedisError

from csbot.accounts.callers import Caller
from csbot.api import completing
from csbot.api.completing import End, Wish
from csbot.api.openai.caring import care_for
from csbot.api.openai.completion import PER_MINUTE, Completion, Outcome, of_stream, problem_of, site_of, usage_of
from csbot.api.openai.requests import Asked, Problem
from csbot.api.tasks import complete
from csbot.conversations import cancelling
from csbot.conversations.errors import Refused
from csbot.conversations.limits import message_take
from csbot.conversations.screening import hits_told
from csbot.lib import redis
from csbot.lib.ids import new_id
from csbot.lib.status import status_read
from knowledge import facade as knowledge
from knowledge.contracts import Direction, Level

POLL_S = 0.02
GREEDY, FACTUAL = 0.01, 0.6  # up to these temperatures; above it is the creative profile
FAILURES = {"overloaded", "too_long", "failed"}


def engine_model() -> str:
    """The catalogue name of the running engine's model; empty while there is none."""
    status = status_read("generation")
    return status.model.partition("@")[0] if status.state == "ready" else ""


@dataclass(frozen=True, slots=True)
class DirectCompletion:
    key: UUID
    model: str
    deadline_s: float

    async def pieces(self) -> AsyncIterator[str]:
        """Raises Problem where there is no answer, before the first piece."""
        end_at = time.monotonic() + self.deadline_s + 5
        connection, sent, last_id, end = redis.open_async_connection(), "", "0-0", None
        try:
            while end is None and time.monotonic() < end_at:
                end = await sync_to_async(completing.end_get)(self.key)
                last_id, text = await of_stream(connection, str(self.key), last_id, sent)
                if text:
                    sent += text
                    yield text
                await asyncio.sleep(0 if end else POLL_S)
            if end is None or (end.finish in FAILURES and not sent):
                raise _problem(end or End("failed", detail="it took too long"))
            if rest := end.text[len(sent) :]:
                yield rest
        finally:
            await connection.aclose()
            if end is None:  # whoever asked has gone
                await sync_to_async(cancelling.cancel)(self.key)

    def outcome(self, asked: Asked, text: str) -> Outcome:
        end = completing.end_get(self.key) or End("failed")
        finish = end.finish if end.finish in ("stop", "content_filter") else "length"
        return Outcome(finish, usage_of(end.prompt_tokens, end.new_tokens), {})


def begin(caller: Caller, asked: Asked) -> Completion:
    """Raises Problem."""
    try:
        message_take(caller.company_id, per_minute=PER_MINUTE)
    except Refused as refusal:
        raise problem_of(refusal) from refusal
    if care := care_for(caller.company_id, asked, site_of(caller)):
        return care
    said = [_screened(caller, role, text) for role, text in asked.said]
    deadline_s = float(settings.CSBOT.turn_deadline_s)
    most = settings.CSBOT.max_new_tokens
    wish = Wish(
        company=str(caller.company_id),
        messages=said,
        max_tokens=min(asked.max_tokens or most, most),
        profile=profile_of(asked.temperature),
        stop=list(asked.stop),
        deadline_s=deadline_s,
    )
    key = new_id()
    try:
        completing.wish_put(key, wish)
        complete.apply_async(args=(str(key),), queue="generation")
    except (RedisError, OSError) as error:
        raise Problem(503, "The engine cannot be reached at the moment. Try again shortly.", kind="server_error") from error
    return DirectCompletion(key, asked.model, deadline_s)


def _screened(caller: Caller, role: str, text: str) -> list[str]:
    """What people say passes the filter as a visitor's message does; there is no conversation that could be handed over.

    A cry for help that was answered goes on to the engine with the rest.
    """
    if role != "user":
        return [role, text]
    verdict = knowledge.word_filter(caller.company_id).check(text, Direction.VISITOR)
    knowledge.word_hits_keep(caller.company_id, None, Direction.VISITOR, hits_told(verdict.hits, text))
    if verdict.level in (Level.BLOCK, Level.HAND_OVER) and not verdict.is_in_need:
        raise Problem(400, "The message holds words that this company does not allow.", code="content_filter")
    return [role, verdict.text]


def profile_of(temperature: float | None) -> str:
    if temperature is None:
        return "factual"
    return "greedy" if temperature <= GREEDY else "factual" if temperature <= FACTUAL else "creative"


def _problem(end: End) -> Problem:
    if end.finish == "overloaded":
        problem = Problem(429, "The engine is full. Try again shortly.", kind="rate_limit_error", code="rate_limit_exceeded")
        problem.retry_after_s = end.retry_after_s
        return problem
    if end.finish == "too_long":
        return Problem(400, f"The messages are too long: {end.detail}.", param="messages", code="context_length_exceeded")
    return Problem(503, "The engine gave no answer. Try again shortly.", kind="server_error")
