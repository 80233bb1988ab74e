"""Answers from an OpenAI-compatible server (vLLM, SGLang …): for models that outgrow this machine.

Knows HTTP and server-sent events; loads no model. The server does batching, caching and sampling.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx

from inference.contracts import (
    EngineDead,
    EngineHealth,
    EngineOverloaded,
    EngineStats,
    Finish,
    GenerationRequest,
    PromptTooLong,
)
from inference.engine.admission import Admission
from inference.engine.answer import Answer
from inference.engine.sampling import SAMPLING

BACKEND = "openai_http"


class OpenAIEngine:
    """One streamed HTTP request and one thread for each answer."""

    def __init__(self, url: str, model: str, *, key: str = "", slots: int = 32, connect_s: float = 5.0) -> None:
        self._model = model
        self._admission = Admission(slots=slots, tokens=slots * 2**20)  # the server knows its own cache
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(base_url=url.rstrip("/") + "/", headers=headers, timeout=httpx.Timeout(60, connect=connect_s))
        self._open: dict[str, tuple[Answer, httpx.Response]] = {}
        self._lock = threading.Lock()
        self._health = EngineHealth("loading", BACKEND, model)
        self._tokens = 0
        self._answers = 0

    def start(self) -> None:
        try:
            self._client.get("models").raise_for_status()
        except httpx.HTTPError as error:
            self._health = EngineHealth("down", BACKEND, self._model, str(error))
            raise EngineDead(f"The model server at {self._client.base_url} does not answer: {error}") from error
        self._health = EngineHealth("ready", BACKEND, self._model)

    def stop(self) -> None:
        for id in list(self._open):
            self.cancel(id)
        self._health = EngineHealth("down", BACKEND, self._model, "stopped")
        self._client.close()

    def submit(self, request: GenerationRequest) -> Answer:
        if self._health.state == "down":
            raise EngineDead(self._health.detail)
        if self._health.state == "loading":
            raise EngineOverloaded(5.0)
        self._admission.admit(request.id, request.max_new_tokens)
        try:
            response = self._ask(request)
        except BaseException:
            self._admission.release(request.id)
            raise
        answer = Answer(request, abandon=self.cancel)
        with self._lock:
            self._open[request.id] = (answer, response)
        timer = threading.Timer(request.deadline_s, self._end, (answer.id, "deadline"))
        timer.daemon = True
        timer.start()
        threading.Thread(target=self._read, args=(answer, response, timer), daemon=True, name=f"answer-{request.id}").start()
        return answer

    def cancel(self, id: str) -> None:
        self._end(id, "cancelled")

    def stats(self) -> EngineStats:
        answers = [answer for answer, _ in list(self._open.values())]
        begun = sum(answer.has_begun for answer in answers)
        return EngineStats(begun, len(answers) - begun, self._tokens, self._answers, self._admission.refused)

    def health(self) -> EngineHealth:
        return self._health

    def swap_adapter(self, folder: str | None) -> None:
        if folder is not None:
            raise ValueError("folder: the model server loads its own adapters; name the adapter as its model")

    def _ask(self, request: GenerationRequest) -> httpx.Response:
        """Sends the request and waits for the answer's head only."""
        ask = self._client.build_request("POST", "chat/completions", json=_body(request, self._model))
        try:
            response = self._client.send(ask, stream=True)
            if response.is_error:
                response.read()
        except httpx.HTTPError as error:
            self._die(str(error) or type(error).__name__)
            raise EngineDead(self._health.detail) from error
        if response.status_code in {429, 503}:
            raise EngineOverloaded(_seconds(response.headers.get("retry-after")))
        if response.is_error:
            message = response.text[:300]
            response.close()
            raise PromptTooLong(message) if "context length" in message else ValueError(f"the model server refused: {message}")
        return response

    def _read(self, answer: Answer, response: httpx.Response, timer: threading.Timer) -> None:
        finish: Finish = "error"
        answer.begin()
        try:
            for text, reason in _events(response):
                if text:
                    answer.count(1)
                    self._tokens += 1
                if answer.push(text):
                    finish = "stop"
                    break
                if reason:
                    finish = "length" if reason == "length" else "stop"
        except httpx.HTTPError as error:
            if answer.finish is None:  # otherwise it was us who closed the line
                self._die(str(error) or type(error).__name__)
        except (RuntimeError, httpx.StreamError):
            pass  # closed by `_end` between two reads
        finally:
            timer.cancel()
            self._end(answer.id, finish)

    def _end(self, id: str, finish: Finish, error: Exception | None = None) -> None:
        with self._lock:
            entry = self._open.pop(id, None)
        if entry is None:
            return
        answer, response = entry
        self._answers += 1
        self._admission.release(id)
        answer.end(finish, error)
        response.close()

    def _die(self, why: str) -> None:
        self._health = EngineHealth("down", BACKEND, self._model, why)
        for id in list(self._open):
            self._end(id, "error", EngineDead(why))


def _body(request: GenerationRequest, model: str) -> dict[str, Any]:
    sampling = SAMPLING[request.profile]
    is_greedy = request.profile == "greedy"
    return {
        "model": model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "max_tokens": request.max_new_tokens,
        "temperature": 0.0 if is_greedy else sampling.temperature,
        "top_p": 1.0 if is_greedy else sampling.top_p,
        "stream": True,
    }


def _events(response: httpx.Response) -> Iterator[tuple[str, str | None]]:
    """The text and the finish reason of each server-sent event."""
    for line in response.iter_lines():
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or data == "[DONE]":
            continue
        for choice in json.loads(data).get("choices") or ():
            yield (choice.get("delta") or {}).get("content") or "", choice.get("finish_reason")


def _seconds(value: str | None) -> float:
    return float(value) if value and value.isdigit() else 2.0
