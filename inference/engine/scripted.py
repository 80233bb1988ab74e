"""A deterministic engine with timing, for tests and `--engine scripted`. Never a fallback: it understands nothing.

Its default script repeats the first sentence of the evidence, word by word.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable

from inference.contracts import EngineDead, EngineHealth, EngineOverloaded, EngineStats, Finish, GenerationRequest, PromptTooLong
from inference.engine.admission import Admission
from inference.engine.answer import Answer
from inference.monitoring.flow import Flow

Script = Callable[[GenerationRequest], Iterable[str]]

_PIECE = re.compile(r"[一-鿿]{1,2}|\s*[^\s一-鿿]+|\s+")
_EVIDENCE = re.compile(r"(?:<<<\n|\[1\]\s*)(.+)")


def echo_evidence(request: GenerationRequest) -> Iterable[str]:
    """The first numbered line of the prompt's material, or its last line where there is none."""
    prompt = request.messages[-1].content
    found = _EVIDENCE.search(prompt)
    return pieces(found[1] if found else prompt.splitlines()[-1])


def pieces(text: str) -> list[str]:
    """The text in pieces of about a token's length; joined they are the text."""
    return _PIECE.findall(text)


class ScriptedEngine:
    """Plays a script with delays. `die` ends it the way a broken model would."""

    def __init__(
        self,
        script: Script = echo_evidence,
        *,
        slots: int = 8,
        first_s: float = 0.0,
        between_s: float = 0.0,
        window: int = 4096,
    ) -> None:
        self._script = script
        self._first_s = first_s
        self._between_s = between_s
        self._window = window
        self._admission = Admission(slots=slots, tokens=slots * window)
        self._running: dict[str, Answer] = {}
        self._wake: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        self._state: EngineHealth = EngineHealth("loading", "scripted", "scripted")
        self._flow = Flow()

    def start(self) -> None:
        self._state = EngineHealth("ready", "scripted", "scripted")

    def submit(self, request: GenerationRequest) -> Answer:
        if self._state.state == "down":
            raise EngineDead(self._state.detail)
        if self._state.state == "loading":
            raise EngineOverloaded(1.0)
        size = sum(len(pieces(message.content)) for message in request.messages)
        if size + request.max_new_tokens > self._window:
            raise PromptTooLong(f"prompt of {size} tokens + {request.max_new_tokens} new ones do not fit into {self._window}")
        self._admission.admit(request.id, size + request.max_new_tokens, request.tenant)
        answer = Answer(request, prompt_tokens=size, abandon=self.cancel)
        with self._lock:
            self._running[request.id] = answer
            self._wake[request.id] = threading.Event()
        threading.Thread(target=self._play, args=(answer,), daemon=True, name=f"scripted-{request.id}").start()
        return answer

    def cancel(self, id: str) -> None:
        if (answer := self._running.get(id)) is not None:
            self._end(answer, "cancelled")

    def stats(self) -> EngineStats:
        return self._flow.stats(list(self._running.values()), self._admission.refused)

    def swap_adapter(self, folder: str | None) -> None:
        """There is no model to adapt."""

    def health(self) -> EngineHealth:
        return self._state

    def stop(self) -> None:
        for answer in list(self._running.values()):
            self._end(answer, "cancelled")
        self._state = EngineHealth("down", "scripted", "scripted", "stopped")

    def die(self, why: str) -> None:
        self._state = EngineHealth("down", "scripted", "scripted", why)
        for answer in list(self._running.values()):
            self._end(answer, "error", EngineDead(why))

    def _play(self, answer: Answer) -> None:
        answer.begin()
        wait = self._first_s
        for number, piece in enumerate(self._script(answer.request)):
            if self._pause(answer, wait):
                return
            wait = self._between_s
            if number == answer.request.max_new_tokens:
                self._end(answer, "length")
                return
            answer.count(1)
            self._flow.made(1)
            if answer.push(piece):
                break
        self._end(answer, "stop")

    def _pause(self, answer: Answer, seconds: float) -> bool:
        """Waits, at most until the deadline; true when the answer is over."""
        until = time.perf_counter() + min(seconds, max(0.0, answer.deadline_left_s))
        wake = self._wake.get(answer.id)
        if wake is None or wake.wait(max(0.0, until - time.perf_counter())):
            return True
        if answer.deadline_left_s <= 0:
            self._end(answer, "deadline")
            return True
        return False

    def _end(self, answer: Answer, finish: Finish, error: Exception | None = None) -> None:
        with self._lock:
            if self._running.pop(answer.id, None) is None:
                return
            wake = self._wake.pop(answer.id)
        self._admission.release(answer.id)
        if answer.end(finish, error):
            self._flow.ended(finish, answer.usage)
        wake.set()
