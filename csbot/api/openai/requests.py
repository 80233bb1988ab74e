"""A chat completion as it is asked for, checked; and errors in OpenAI's shape. Plain values; knows no rows and no HTTP framework."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

MAX_BODY = 256 * 1024
ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
MAX_STOP = 4
MAX_MESSAGES = 200
MODEL = "site"


class Problem(Exception):
    """What a client is told: a status and OpenAI's error object."""

    def __init__(self, status: int, message: str, *, kind: str = "invalid_request_error", param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.kind, self.param, self.code = status, kind, param, code
        self.retry_after_s: float | None = None

    def body(self) -> dict[str, Any]:
        return {"error": {"message": str(self), "type": self.kind, "param": self.param, "code": self.code}}


@dataclass(frozen=True, slots=True)
class Asked:
    """`said` is every message as (role, text); `before` the exchanges (question, answer) in it that came before the `question`, oldest first."""

    model: str
    question: str
    before: tuple[tuple[str, str], ...]
    said: tuple[tuple[str, str], ...]
    is_stream: bool
    with_usage: bool
    max_tokens: int | None
    temperature: float | None
    stop: tuple[str, ...]


def read(body: bytes, models: Collection[str]) -> Asked:
    """`models`: the names that may be asked. Raises Problem."""
    if len(body) > MAX_BODY:
        raise Problem(413, f"The request is too large: at most {MAX_BODY} bytes.")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "The body is no JSON.") from error
    if not isinstance(told, dict):
        raise Problem(400, "The body must be a JSON object.")
    model = told.get("model")
    if not isinstance(model, str) or not model:
        raise Problem(400, "Name a model.", param="model")
    if model not in models:
        names = ", ".join(map(repr, sorted(models)))
        raise Problem(404, f"The model {model[:100]!r} does not exist; there is {names}.", param="model", code="model_not_found")
    if told.get("n") not in (None, 1):
        raise Problem(400, "There is one answer to a question: n must be 1.", param="n")
    options = told.get("stream_options")
    with_usage = isinstance(options, dict) and options.get("include_usage") is True
    question, before, said = _messages(told.get("messages"))
    number = told.get("max_completion_tokens", told.get("max_tokens"))
    if number is not None and (not isinstance(number, int) or isinstance(number, bool) or number < 1):
        raise Problem(400, "max_tokens must be a whole number of at least 1.", param="max_tokens")
    return Asked(
        model=model,
        question=question,
        before=before,
        said=said,
        is_stream=told.get("stream") is True,
        with_usage=with_usage,
        max_tokens=number,
        temperature=_temperature(told.get("temperature")),
        stop=_stop(told.get("stop")),
    )


def _temperature(told: Any) -> float | None:
    if told is None:
        return None
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= 2:
        raise Problem(400, "temperature must be a number from 0 to 2.", param="temperature")
    return float(told)


def _stop(told: Any) -> tuple[str, ...]:
    texts = [told] if isinstance(told, str) else told or []
    if not isinstance(texts, list) or len(texts) > MAX_STOP or not all(isinstance(text, str) and text for text in texts):
        raise Problem(400, f"stop must be a text, or a list of at most {MAX_STOP} texts.", param="stop")
    return tuple(texts)


def _messages(told: Any) -> tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    if not isinstance(told, list) or not told or len(told) > MAX_MESSAGES:
        raise Problem(400, f"messages must be a list of 1 to {MAX_MESSAGES} messages.", param="messages")
    said = [_said(message, at) for at, message in enumerate(told)]
    if said[-1][0] != "user" or not said[-1][1].strip():
        raise Problem(400, "The last message must be the user's, with a text.", param=f"messages[{len(told) - 1}]")
    before: list[tuple[str, str]] = []
    for (role, text), (next_role, next_text) in zip(said, said[1:], strict=False):
        if role == "user" and next_role == "assistant" and text.strip() and next_text.strip():
            before.append((text, next_text))
    unknown = [at for at, (role, _) in enumerate(said) if role not in ROLES]
    if unknown:
        raise Problem(400, "The role of a message is system, developer, user or assistant.", param=f"messages[{unknown[0]}].role")
    return said[-1][1], tuple(before), tuple((ROLES[role], text) for role, text in said if text)


def _said(message: Any, at: int) -> tuple[Any, str]:
    if not isinstance(message, dict) or not isinstance(message.get("role"), str):
        return None, ""
    return message["role"], _text(message.get("content"), at)


def _text(content: Any, at: int) -> str:
    """A text, or the texts of a list of parts. Pictures and the like are refused, not dropped."""
    if content is None:
        return ""
    if isinstance(content, str):
        text = content
    elif isinstance(content, list) and all(map(_is_text, content)):
        text = "\n".join(part["text"] for part in content)
    else:
        raise Problem(400, "Only text is understood.", param=f"messages[{at}].content")
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise Problem(400, "The text holds a NUL or half of a character.", param=f"messages[{at}].content")
    return text


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)
