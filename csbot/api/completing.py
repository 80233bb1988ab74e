"""The engine and the word filter by themselves, for programs that bring their own prompts. Runs on the `generation` worker.

A request is no conversation and nothing of it is kept: it waits in Redis until the worker takes it, its text goes out as a stream like an
answer's, and its end says how it ended. Knows no evidence and no grounding: what comes out is the model's own.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from typing import Any, Literal
from uuid import UUID

from csbot.conversations import cancelling
from csbot.conversations.screening import hits_told
from csbot.conversations.streaming import DeltaWriter
from csbot.lib import redis
from inference import facade as inference
from inference.contracts import ChatMessage, EngineDead, EngineOverloaded, GenerationRequest, Handle, PromptTooLong
from knowledge import facade as knowledge
from knowledge.contracts import Direction

log = logging.getLogger(__name__)

EXPIRY_S = 120
Finish = Literal["stop", "length", "content_filter", "overloaded", "too_long", "failed"]


@dataclass(frozen=True, slots=True)
class Wish:
    """`messages` are (role, text); `profile` and `stop` as the engine has them."""

    company: str
    messages: list[list[str]]
    max_tokens: int
    profile: str
    stop: list[str]
    deadline_s: float


@dataclass(frozen=True, slots=True)
class End:
    """How a completion ended; the last three finishes mean that there is no answer, and `detail` says why."""

    finish: Finish
    text: str = ""
    prompt_tokens: int = 0
    new_tokens: int = 0
    detail: str = ""
    retry_after_s: float = 0


def wish_key(key: UUID | str) -> str:
    return redis.key("complete", key)


def end_key(key: UUID | str) -> str:
    return redis.key("complete", key, "end")


def wish_put(key: UUID, wish: Wish) -> None:
    redis.connection().set(wish_key(key), json.dumps(asdict(wish)), ex=EXPIRY_S)


def end_get(key: UUID) -> End | None:
    stored: Any = redis.connection().get(end_key(key))
    return End(**json.loads(stored)) if stored else None


def complete(key: str) -> None:
    """Once: whoever takes the wish has it."""
    stored: Any = redis.connection().getdel(wish_key(key))
    if not stored:
        return
    try:
        end = _complete(key, Wish(**json.loads(stored)))
    except Exception as error:
        log.exception("completion %s failed", key)
        end = End("failed", detail=type(error).__name__)
    redis.connection().set(end_key(key), json.dumps(asdict(end)), ex=EXPIRY_S)


def _complete(key: str, wish: Wish) -> End:
    try:
        handle = inference.engine().submit(_request(key, wish))
    except EngineOverloaded as error:
        return End("overloaded", retry_after_s=error.retry_after_s)
    except PromptTooLong as error:
        return End("too_long", detail=str(error))
    except EngineDead as error:
        return End("failed", detail=str(error))
    if cancelling.is_cancelled(key):
        inference.engine().cancel(key)
    return _written(key, wish, handle)


def _request(key: str, wish: Wish) -> GenerationRequest:
    messages = tuple(ChatMessage(role, text) for role, text in wish.messages)  # type: ignore[arg-type]
    how: Any = {"profile": wish.profile, "stop": tuple(wish.stop)}
    return GenerationRequest(id=key, messages=messages, max_new_tokens=wish.max_tokens, deadline_s=wish.deadline_s, tenant=wish.company, **how)


def _written(key: str, wish: Wish, handle: Handle) -> End:
    words = knowledge.word_filter(wish.company).open_stream(Direction.BOT)
    writer = DeltaWriter(key)
    for piece in handle:
        writer.add(words.feed(piece))
        if words.stopped:
            inference.engine().cancel(key)
            break
    else:
        writer.add(words.flush())
    knowledge.word_hits_keep(wish.company, None, Direction.BOT, hits_told(words.hits))
    text, used = writer.close(), handle.usage
    finish: Finish = "content_filter" if words.stopped else "stop" if handle.finish == "stop" else "length"
    if handle.finish == "error":
        finish = "failed"
    return End(finish, text, used.prompt_tokens, used.new_tokens)
