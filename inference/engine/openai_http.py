"""Answers from an OpenAI-compatible server (vLLM, SGLang …): for models that outgrow this machine.

Knows HTTP and server-sent events; loads no model. The server does batching, caching and sampling. A call that failed
before its first token is made again; after failures in a row nobody is sent there until the server answers a probe.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
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
from inference.engine.breaker import Breaker
from inference.engine.completion_events import beginning_of, events_of
from inference.engine.sampling import SAMPLING
from inference.monitoring.flow import Flow

logger = logging.getLogger(__name__)

BACKEND = "openai_http"
CONNECT_S = 5.0
HEAD_S = 10.0  # for the head of an answer, all tries together: who asks waits for it, and its lease is hardly longer
READ_S = 30.0  # between two pieces; a server that says nothing for so long is taken for dead
REST = 8  # events that may follow an answer's last one
PAUSES_S = (0.2, 0.8)  # before the second and the third try
_PASSING = frozenset({500, 502, 504})
_BUSY = frozenset({429, 503})


class OpenAIEngine:
    """One streamed HTTP request and one thread for each answer."""

    def __init__(self, url: str, model: str, *, key: str = "", slots: int = 32, head_s: float = HEAD_S, read_s: float = READ_S) -> None:
        self._model = model
        self._key = key.strip()
        self._head_s, self._read_s = head_s, read_s
        if not (self._key.isascii() and self._key.isprintable()):
            raise ValueError("key: the model server's key holds characters that cannot be sent")
        self._admission = Admission(slots=slots, tokens=slots * 2**20)  # the server knows its own cache
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        limits = httpx.Limits(max_connections=2 * slots + 4, max_keepalive_connections=slots + 4)
        times = httpx.Timeout(read_s, connect=CONNECT_S, pool=CONNECT_S)
        self._client = httpx.Client(base_url=url.strip().rstrip("/") + "/", headers=headers, timeout=times, limits=limits)
        self._place = str(self._client.base_url.copy_with(userinfo=b""))  # as it may be logged
        self._open: dict[str, tuple[Answer, httpx.Response]] = {}
        self._lock = threading.Lock()
        self._breaker = Breaker()
        self._probe = threading.Lock()  # held while somebody probes
        self._stopped = threading.Event()
        self._is_started = False
        self._flow = Flow()

    # --- life ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """A server that is not there yet is waited for in the background; one that refuses us is an error to be mended."""
        try:
            reply = self._client.get("models")
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise EngineDead("The model server's address is none: it begins with http:// or https://.") from error
        except httpx.HTTPError as error:
            self._is_started = True
            self._open_circuit(_words(error))
            return
        if reply.status_code in {401, 403, 404} or reply.is_redirect:
            raise EngineDead(f"The model server refuses: HTTP {reply.status_code}. Check its address and its key.")
        self._is_started = True
        if reply.is_error:
            self._open_circuit(f"HTTP {reply.status_code}")

    def stop(self) -> None:
        self._stopped.set()
        for id in list(self._open):
            self.cancel(id)
        self._client.close()

    def health(self) -> EngineHealth:
        if self._stopped.is_set():
            return EngineHealth("down", BACKEND, self._model, "stopped")
        if not self._is_started:
            return EngineHealth("loading", BACKEND, self._model)
        if self._breaker.is_open:
            return EngineHealth("down", BACKEND, self._model, f"the model server does not answer: {self._breaker.why}")
        return EngineHealth("ready", BACKEND, self._model)  # where the server is, anybody could read at /readyz

    def stats(self) -> EngineStats:
        return self._flow.stats([answer for answer, _ in list(self._open.values())], self._admission.refused)

    def swap_adapter(self, folder: str | None) -> None:
        if folder is not None:
            raise ValueError("folder: the model server loads its own adapters; name the adapter as its model")

    # --- answers -------------------------------------------------------------------------------------------------

    def submit(self, request: GenerationRequest) -> Answer:
        health = self.health()
        if health.state == "down":
            raise EngineDead(health.detail)
        if health.state == "loading":
            raise EngineOverloaded(5.0)
        self._admission.admit(request.id, request.max_new_tokens, request.tenant)
        answer = Answer(request, abandon=self.cancel)
        try:
            response = self._ask(request, answer)
        except BaseException:
            self._admission.release(request.id)
            raise
        with self._lock:
            self._open[request.id] = (answer, response)
        timer = threading.Timer(max(0.0, answer.deadline_left_s), self._end, (answer.id, "deadline"))
        timer.daemon = True
        timer.start()
        threading.Thread(target=self._read, args=(answer, response, timer), daemon=True, name=f"answer-{request.id}").start()
        return answer

    def cancel(self, id: str) -> None:
        self._end(id, "cancelled")

    def _ask(self, request: GenerationRequest, answer: Answer) -> httpx.Response:
        """The answer's head, after at most three tries."""
        until = time.monotonic() + min(self._head_s, answer.deadline_left_s)
        for pause in (*PAUSES_S, None):
            try:
                response = self._send(request, max(0.1, until - time.monotonic()))
            except httpx.HTTPError as error:
                why = _words(error)
            else:
                if response.status_code not in _PASSING:
                    self._breaker.succeeded()
                    return self._accepted(response)
                why = f"HTTP {response.status_code}"
                response.close()
            pause = None if pause is None else pause * random.uniform(0.7, 1.3)  # noqa: S311, PLW2901 - spreads tries, guards nothing
            if pause is None or until - time.monotonic() <= pause or self._stopped.wait(pause):
                break
        self._failed(why)
        raise EngineDead(f"the model server does not answer: {why}")

    def _send(self, request: GenerationRequest, left_s: float) -> httpx.Response:
        times = httpx.Timeout(left_s, connect=min(CONNECT_S, left_s), pool=min(CONNECT_S, left_s))
        asked = self._client.build_request("POST", "chat/completions", json=_body(request, self._model), timeout=times)
        response = self._client.send(asked, stream=True)
        asked.extensions["timeout"]["read"] = self._read_s  # from now on it counts between two pieces
        return response

    def _accepted(self, response: httpx.Response) -> httpx.Response:
        """The response, unless it is a refusal; that is told in our own words."""
        if response.status_code == 200:
            return response
        try:
            message = "" if response.is_redirect else self._sayable(beginning_of(response))
        finally:
            response.close()
        if response.status_code in _BUSY:
            raise EngineOverloaded(_seconds(response.headers.get("retry-after")))
        if "context length" in message:
            raise PromptTooLong(message)
        raise ValueError(f"the model server refused: HTTP {response.status_code} {message}".rstrip())

    def _read(self, answer: Answer, response: httpx.Response, timer: threading.Timer) -> None:
        finish: Finish = "error"
        error: Exception | None = EngineDead("the model server broke off")
        events = events_of(response)
        is_whole = False
        answer.begin()
        try:
            for text, reason in events:
                if text:
                    answer.count(1)
                    self._flow.made(1)
                if answer.push(text):
                    finish, error = "stop", None
                    break
                if reason:
                    finish, error, is_whole = ("length" if reason == "length" else "stop"), None, True
                    break
        except httpx.HTTPError as broken:
            if answer.finish is None:  # otherwise it was us who closed the line
                error = EngineDead(f"the model server broke off: {_words(broken)}")
                self._failed(_words(broken))
        except (RuntimeError, ValueError, httpx.StreamError) as broken:
            if answer.finish is None:  # not closed by `_end` between two reads: what came was no event
                error = EngineDead(self._sayable(f"the model server's answer cannot be read: {_words(broken)}"))
                logger.warning("%s", error)
        finally:
            timer.cancel()
            self._end(answer.id, finish, error, closes=not is_whole)
            if is_whole:
                _read_rest(events)
                response.close()

    def _end(self, id: str, finish: Finish, error: Exception | None = None, *, closes: bool = True) -> None:
        with self._lock:
            entry = self._open.pop(id, None)
        if entry is None:
            return
        answer, response = entry
        self._admission.release(id)
        if answer.end(finish, error):
            self._flow.ended(finish, answer.usage)
        if closes:
            response.close()

    def _sayable(self, text: str) -> str:
        """What a server says goes into logs and traces; some repeat the key that they were sent."""
        return text.replace(self._key, "…") if self._key else text

    # --- a server that does not answer ---------------------------------------------------------------------------

    def _failed(self, why: str) -> None:
        """After each failure the server is probed once: whether it was this answer or all of it."""
        if self._breaker.failed(why) or not self._answers_probe():
            self._open_circuit(why)

    def _open_circuit(self, why: str) -> None:
        while not self._breaker.is_open:
            self._breaker.failed(why)
        logger.warning("the model server %s does not answer: %s", self._place, why)
        threading.Thread(target=self._wait_for_server, daemon=True, name="engine-probe").start()

    def _wait_for_server(self) -> None:
        if not self._probe.acquire(blocking=False):
            return
        try:
            while not self._stopped.wait(max(0.05, self._breaker.rest_s)):
                if self._answers_probe():
                    self._breaker.succeeded()
                    logger.warning("the model server %s answers again", self._place)
                    return
                self._breaker.failed(self._breaker.why)
        finally:
            self._probe.release()

    def _answers_probe(self) -> bool:
        try:
            return self._client.get("models", timeout=5.0).is_success
        except (httpx.HTTPError, RuntimeError):
            return False


def _read_rest(events: Iterator[object]) -> None:
    """A line that was read to its end is used again; whatever breaks now, the answer is whole."""
    with suppress(Exception):
        for _ in islice(events, REST):
            pass


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__


def _body(request: GenerationRequest, model: str) -> dict[str, Any]:
    sampling = SAMPLING[request.profile]
    is_greedy = request.profile == "greedy"
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "max_tokens": request.max_new_tokens,
        "temperature": 0.0 if is_greedy else sampling.temperature,
        "top_p": 1.0 if is_greedy else sampling.top_p,
        "stream": True,
    }
    return body


def _seconds(value: str | None) -> float:
    return float(value) if value and value.isdigit() else 2.0
