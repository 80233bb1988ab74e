"""`/v1/models` and `/v1/chat/completions` for clients that speak OpenAI's API. Thin; errors have OpenAI's shape.

The model `site` is the whole pipeline of the key's site; the name of the running engine's model is that model with the word filter alone.
What OpenAI's API has no field for stands under `csbot`: the conversation, the route, sources, offered questions and whether a person was
offered.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import AuthenticationFailed

from csbot.accounts.callers import Caller
from csbot.api.keys import KeyAuthentication
from csbot.api.openai import direct, requests, talking
from csbot.api.openai.completion import Completion, Outcome
from csbot.api.openai.requests import MODEL, Asked, Problem


def caller_of_key(request: HttpRequest) -> Caller:
    """Raises Problem."""
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not key.strip():
        raise Problem(401, "Send a key of your company: Authorization: Bearer <key>.", code="missing_api_key")
    try:
        _user, found = KeyAuthentication().authenticate_credentials(key.strip().encode())
    except AuthenticationFailed as error:
        raise Problem(401, "This key is not valid.", code="invalid_api_key") from error
    return found.caller()


@csrf_exempt
async def models(request: HttpRequest) -> HttpResponse:
    try:
        await sync_to_async(caller_of_key)(request)
    except Problem as problem:
        return refused(problem)
    offered = [{"id": name, "object": "model", "created": 0, "owned_by": "csbot"} for name in await sync_to_async(model_names)()]
    return JsonResponse({"object": "list", "data": offered})


def model_names() -> list[str]:
    return [MODEL, *filter(None, [direct.engine_model()])]


@csrf_exempt
async def completions(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    try:
        if request.method != "POST":
            raise Problem(405, "Use POST.")
        caller = await sync_to_async(caller_of_key)(request)
        asked = requests.read(body_of(request), await sync_to_async(model_names)())
        begun = await sync_to_async(begin)(caller, asked)
        pieces = begun.pieces()
        first = await anext(pieces, "")  # until then it can still be refused with a status
    except Problem as problem:
        return refused(problem)
    if asked.is_stream:
        unbuffered = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingHttpResponse(events(begun, asked, first, pieces), content_type="text/event-stream", headers=unbuffered)
    text = first + "".join([piece async for piece in pieces])
    ended = await sync_to_async(begun.outcome)(asked, text)
    choice = {"index": 0, "message": {"role": "assistant", "content": text, "refusal": None}, "finish_reason": ended.finish, "logprobs": None}
    return JsonResponse({**head(begun, "chat.completion"), "choices": [choice], "usage": ended.usage, "csbot": ended.more})


def body_of(request: HttpRequest) -> bytes:
    try:
        return request.body
    except (RequestDataTooBig, UnreadablePostError) as error:
        raise Problem(413, "The request is too large, or it ended early.") from error


def begin(caller: Caller, asked: Asked) -> Completion:
    """Raises Problem."""
    if not caller.may("chat"):
        raise Problem(403, "This key may not ask the bot.", kind="permission_error", code="insufficient_permissions")
    return talking.begin(caller, asked) if asked.model == MODEL else direct.begin(caller, asked)


async def events(begun: Completion, asked: Asked, first: str, pieces: AsyncIterator[str]) -> AsyncIterator[bytes]:
    """Server-sent events: the role, the text piece by piece, the end with what else there is to know, and `[DONE]`."""
    text = first
    yield event(chunk(begun, {"role": "assistant", "content": ""}))
    if first:
        yield event(chunk(begun, {"content": first}))
    async for piece in pieces:
        text += piece
        yield event(chunk(begun, {"content": piece}))
    ended = await sync_to_async(begun.outcome)(asked, text)
    yield event({**chunk(begun, {}, ended), "csbot": ended.more})
    if asked.with_usage:
        yield event({**head(begun, "chat.completion.chunk"), "choices": [], "usage": ended.usage})
    yield b"data: [DONE]\n\n"


def head(begun: Completion, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{begun.key}", "object": kind, "created": int(time.time()), "model": begun.model}


def chunk(begun: Completion, delta: dict[str, str], ended: Outcome | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": ended.finish if ended else None, "logprobs": None}
    return {**head(begun, "chat.completion.chunk"), "choices": [choice]}


def event(body: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


def refused(problem: Problem) -> JsonResponse:
    response = JsonResponse(problem.body(), status=problem.status)
    if problem.retry_after_s:
        response["Retry-After"] = str(max(1, round(problem.retry_after_s)))
    if problem.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response
