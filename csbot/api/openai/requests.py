"""A chat completion as it is asked for, checked; and errors in OpenAI's shape. Plain values; knows no rows and no HTTP framework."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

MAX_BODY = 256 * 1024
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
    """`before` are earlier exchanges, (question, answer), oldest first."""

    question: str
    before: tuple[tuple[str, str], ...]
    is_stream: bool
    with_usage: bool


def read(body: bytes) -> Asked:
    """Raises Problem."""
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
    if model != MODEL:
        raise Problem(404, f"The model {model[:100]!r} does not exist; there is {MODEL!r}.", param="model", code="model_not_found")
    if told.get("n") not in (None, 1):
        raise Problem(400, "There is one answer to a question: n must be 1.", param="n")
    options = told.get("stream_options")
    with_usage = isinstance(options, dict) and options.get("include_usage") is True
    question, before = _messages(told.get("messages"))
    return Asked(question, before, told.get("stream") is True, with_usage)


def _messages(told: Any) -> tuple[str, tuple[tuple[str, str], ...]]:
    if not isinstance(told, list) or not told or len(told) > MAX_MESSAGES:
        raise Problem(400, f"messages must be a list of 1 to {MAX_MESSAGES} messages.", param="messages")
    said = [(message.get("role"), _text(message.get("content"), at)) if isinstance(message, dict) else (None, "") for at, message in enumerate(told)]
    if said[-1][0] != "user" or not said[-1][1].strip():
        raise Problem(400, "The last message must be the user's, with a text.", param=f"messages[{len(told) - 1}]")
    before: list[tuple[str, str]] = []
    for (role, text), (next_role, next_text) in zip(said, said[1:], strict=False):
        if role == "user" and next_role == "assistant" and text.strip() and next_text.strip():
            before.append((text, next_text))
    return said[-1][1], tuple(before)


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
