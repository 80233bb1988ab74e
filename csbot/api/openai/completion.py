"""What the two kinds of completion share: how their text is followed, and what stands at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from redis.exceptions import RedisError

from csbot.accounts.callers import Caller
from csbot.accounts.models import Site
from csbot.api.openai.requests import Asked, Problem
from csbot.conversations.errors import Refused
from csbot.conversations.streaming import stream_key
from csbot.conversations.texts import error_text

PER_MINUTE = 600
BLOCK_MS = 40


@dataclass(frozen=True, slots=True)
class Outcome:
    """`more` stands under `csbot` in the answer: what OpenAI's API has no field for."""

    finish: str
    usage: dict[str, int]
    more: dict[str, Any]


class Completion(Protocol):
    @property
    def key(self) -> UUID: ...

    @property
    def model(self) -> str: ...

    def pieces(self) -> AsyncIterator[str]:
        """The text as it comes. Raises Problem before the first piece where there will be none."""
        ...

    def outcome(self, asked: Asked, text: str) -> Outcome: ...


def site_of(caller: Caller) -> Site | None:
    """The first that this key sees and that answers."""
    sites = Site.objects.filter(company_id=caller.company_id, is_active=True).order_by("created")
    return (sites if caller.sites is None else sites.filter(pk__in=caller.sites)).first()


def usage_of(prompt: int, completion: int) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def estimate(text: str) -> int:
    """Tokens, where no model counted: one for each Chinese character, one for each four other bytes."""
    han = sum("\u3400" <= sign <= "\u9fff" for sign in text)
    return han + (len(text) - han + 3) // 4


async def of_stream(connection: Any, gen: str, last_id: str, sent: str) -> tuple[str, str]:
    """What is new of a generation's stream beyond what was sent, and the last entry's id."""
    try:
        found = await connection.xread({stream_key(gen): last_id}, count=500, block=BLOCK_MS)
    except (RedisError, OSError):
        return last_id, ""  # the whole text completes it at the end
    added = ""
    for _key, entries in found or []:
        for entry_id, fields in entries:
            last_id = entry_id
            if int(fields["off"]) == len(sent) + len(added):
                added += fields["text"]
    return last_id, added


def problem_of(refusal: Refused) -> Problem:
    """A refusal of the conversation's rules, in OpenAI's words."""
    limited = refusal.code in ("too_fast", "busy")
    kind = "rate_limit_error" if limited else "invalid_request_error"
    problem = Problem(429 if limited else 400, error_text(refusal, "en"), kind=kind, code="rate_limit_exceeded" if limited else refusal.code)
    problem.retry_after_s = refusal.retry_after_s
    return problem
