"""The sequential reference: one answer after the other through `model.generate`.

For tests, and for models that continuous batching refuses. Same interface and same greedy tokens.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from inference.contracts import (
    ChatMessage,
    EngineDead,
    EngineHealth,
    EngineOverloaded,
    EngineStats,
    Finish,
    GenerationRequest,
    PromptTooLong,
)
from inference.engine.adapter import change_adapter
from inference.engine.admission import Admission
from inference.engine.answer import Answer
from inference.engine.loading import USUAL, LoadedModel, Loading, load_model
from inference.engine.sampling import SAMPLING
from inference.engine.text import Detokeniser, Renderer
from inference.monitoring.device import device_use
from inference.monitoring.flow import Flow

logger = logging.getLogger(__name__)

BACKEND = "generate"


class GenerateEngine:
    """A queue and one thread."""

    def __init__(
        self,
        folder: Path,
        *,
        slots: int = 8,
        loading: Loading = USUAL,
        warm_prompts: Sequence[tuple[ChatMessage, ...]] = (),
        on_fatal: Callable[[str], None] | None = None,
    ) -> None:
        self._folder = folder
        self._loading = loading
        self._warm_prompts = tuple(warm_prompts)
        self._on_fatal = on_fatal
        self._admission = Admission(slots=slots, tokens=slots * 2**20)  # one at a time: only the count matters
        self._queue: queue.SimpleQueue[tuple[Answer, list[int]] | None] = queue.SimpleQueue()
        self._open: dict[str, Answer] = {}
        self._health = EngineHealth("loading", BACKEND, folder.name)
        self._model_lock = threading.Lock()
        self._flow = Flow()

    def start(self) -> None:
        self._loaded: LoadedModel = load_model(self._folder, self._loading)
        self._render = Renderer(self._loaded.tokenizer)
        self._thread = threading.Thread(target=self._work, name="engine-generate", daemon=True)
        self._thread.start()
        self._health = EngineHealth("ready", BACKEND, self._loaded.name, self._loaded.place)
        for number, messages in enumerate(self._warm_prompts):
            for _ in self.submit(GenerationRequest(f"warm-up-{number}", messages, "greedy", max_new_tokens=1, deadline_s=300)):
                pass

    def stop(self) -> None:
        if self._health.state != "down":
            self._health = EngineHealth("down", BACKEND, self._folder.name, "stopped")
        for answer in list(self._open.values()):
            answer.end("cancelled")
        self._queue.put(None)
        if hasattr(self, "_thread"):
            self._thread.join(timeout=10)

    def submit(self, request: GenerationRequest) -> Answer:
        if self._health.state == "down":
            raise EngineDead(self._health.detail)
        if self._health.state == "loading":
            raise EngineOverloaded(5.0)
        prompt = self._render(request.messages)
        need = len(prompt) + request.max_new_tokens
        if need > self._loaded.window:
            raise PromptTooLong(f"prompt of {len(prompt)} tokens + {request.max_new_tokens} new ones do not fit into {self._loaded.window}")
        self._admission.admit(request.id, need, request.tenant)
        answer = Answer(request, prompt_tokens=len(prompt), abandon=self.cancel)
        self._open[request.id] = answer
        self._queue.put((answer, prompt))
        return answer

    def cancel(self, id: str) -> None:
        """The reader is told at once; the model hears of it before its next token."""
        if (answer := self._open.get(id)) is not None:
            answer.end("cancelled")

    def stats(self) -> EngineStats:
        answers = list(self._open.values())
        return self._flow.stats(answers, self._admission.refused, experts=self._loaded.experts.counts(), device=device_use())

    def health(self) -> EngineHealth:
        return self._health

    def swap_adapter(self, folder: str | None) -> None:
        with self._model_lock:
            change_adapter(self._loaded.model, folder)

    # --- the engine's thread -------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            answer, prompt = job
            try:
                with self._model_lock:
                    finish = self._answer(answer, prompt)
            except Exception as error:  # noqa: BLE001 - whatever breaks the model is the engine's death
                self._die(f"{type(error).__name__}: {error}")
                return
            self._flow.ended(answer.finish or finish, answer.usage)  # a cancelled one has ended before
            # The place is free before the reader hears of the end: who asks again at once is not refused.
            self._open.pop(answer.id, None)
            self._admission.release(answer.id)
            answer.end(finish)

    def _answer(self, answer: Answer, prompt: list[int]) -> Finish:
        if answer.finish is not None:
            return answer.finish
        if answer.deadline_left_s <= 0:
            return "deadline"
        answer.begin()
        listener = _Listener(answer, Detokeniser(self._loaded.tokenizer))
        made = self._make(answer.request, prompt, listener)
        self._flow.made(len(made))
        answer.push(listener.text.flush())
        if listener.is_late:
            return "deadline"
        return "stop" if listener.is_cut or (made and made[-1] in self._loaded.eos) else "length"

    def _make(self, request: GenerationRequest, prompt: list[int], listener: _Listener) -> list[int]:
        import torch

        tokens = torch.tensor([prompt], device=self._loaded.model.device)
        output = self._loaded.model.generate(
            tokens,
            attention_mask=torch.ones_like(tokens),
            streamer=listener,
            stopping_criteria=[listener.must_stop],
            max_new_tokens=request.max_new_tokens,
            eos_token_id=list(self._loaded.eos) or None,
            pad_token_id=self._loaded.eos[0] if self._loaded.eos else 0,
            **_sampling(request),
        )
        return [int(token) for token in output[0, len(prompt) :]]

    def _die(self, why: str) -> None:
        logger.critical("the engine died: %s", why)
        self._health = EngineHealth("down", BACKEND, self._folder.name, why)
        for answer in list(self._open.values()):
            answer.end("error", EngineDead(why))
        if self._on_fatal is not None:
            self._on_fatal(why)


class _Listener:
    """Receives tokens from `generate` and tells it when to stop."""

    def __init__(self, answer: Answer, text: Detokeniser) -> None:
        self._answer = answer
        self.text = text
        self._is_prompt = True
        self.is_cut = False
        self.is_late = False

    def put(self, tokens: Any) -> None:
        if self._is_prompt:  # the library sends the prompt first
            self._is_prompt = False
            return
        made = tokens.tolist()
        self._answer.count(len(made))
        self.is_cut = self._answer.push(self.text.feed(made)) or self.is_cut

    def end(self) -> None:
        """The end is told by the engine, with its reason."""

    def must_stop(self, ids: Any, _scores: Any, **_: Any) -> Any:
        self.is_late = self._answer.deadline_left_s <= 0
        stops = self.is_cut or self.is_late or self._answer.finish is not None
        return ids.new_full((ids.shape[0],), int(stops)).bool()


def _sampling(request: GenerationRequest) -> dict[str, Any]:
    if request.profile == "greedy":
        return {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
    sampling = SAMPLING[request.profile]
    return {"do_sample": True, "temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": 64}
