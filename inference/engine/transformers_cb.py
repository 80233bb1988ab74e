"""The default engine: transformers' continuous batching, in this process, with a paged cache and shared prefixes.

Three threads: the library's own generation thread, one event loop that receives its tokens, and the callers. Around
the library this adds what it does not have: admission, deadlines, stop strings, an end for cancelled answers, text
that never splits a character, and a death that everybody hears of.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
from inference.engine.latent import use_latent_cache
from inference.engine.loading import USUAL, LoadedModel, Loading, load_model
from inference.engine.paging import GPU_STEP_TOKENS, STEP_TOKENS, Pages, Paging, count_pages, forget_prefixes, keep_prefixes, open_manager
from inference.engine.passing import in_passing
from inference.engine.refused import Refused
from inference.engine.sampling import SAMPLING
from inference.engine.stepping import watch_steps
from inference.engine.text import Detokeniser, Renderer
from inference.monitoring.device import device_use
from inference.monitoring.flow import Flow

logger = logging.getLogger(__name__)

BACKEND = "transformers_cb"
_WATCH_S = 0.25
_WARM_TOKENS = 2


@dataclass(slots=True)
class _Running:
    answer: Answer
    text: Detokeniser
    seen: int = 0
    timer: asyncio.TimerHandle | None = None


class ContinuousBatchingEngine:
    """Many answers at once on one model."""

    def __init__(
        self,
        folder: Path,
        *,
        slots: int = 8,
        loading: Loading = USUAL,
        page_size: int = 16,
        cache_tokens: int = 16384,
        warm_prompts: Sequence[tuple[ChatMessage, ...]] = (),
        on_fatal: Callable[[str], None] | None = None,
        load: Callable[[Path, Loading], LoadedModel] = load_model,
    ) -> None:
        self._folder = folder
        self._load = load
        self._loading = loading
        self._paging = Paging(page_size, slots, cache_tokens)
        self._cache_tokens = cache_tokens
        self._warm_prompts = tuple(warm_prompts) or ((ChatMessage("user", "?"),),)
        self._on_fatal = on_fatal
        self._admission = Admission(slots=slots, tokens=self._paging.rounded(cache_tokens))
        self._running: dict[str, _Running] = {}  # touched on the loop only
        self._health = EngineHealth("loading", BACKEND, folder.name)
        self._is_serving = False  # death while starting is the caller's to handle
        self._is_closed = False  # for new answers, while an adapter is being swapped
        self._is_stopped = False
        self._flow = Flow()

    # --- life ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._loaded: LoadedModel = self._load(self._folder, self._loading)
        latent = use_latent_cache(self._loaded.model)
        if latent:
            logger.info("%s: %s", self._loaded.name, latent)
        self._render = Renderer(self._loaded.tokenizer)
        self._window = min(self._loaded.window, self._cache_tokens)
        warm = sum(self._paging.rounded(len(self._render(messages)) + _WARM_TOKENS) for messages in self._warm_prompts)
        step_tokens = STEP_TOKENS if self._loaded.model.device.type == "cpu" else GPU_STEP_TOKENS
        self._paging = replace(self._paging, warm_tokens=warm, step_tokens=step_tokens)
        self._manager = open_manager(self._loaded, self._paging, may_use_flash=latent is None)
        watch_steps(self._manager, self._flow, self._loaded.experts, self._began, guesses=self._loading.guesses)
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="engine-loop", daemon=True).start()
        self._manager.start()
        self._watcher = asyncio.run_coroutine_threadsafe(self._watch(), self._loop)
        self._health = EngineHealth("ready", BACKEND, self._loaded.name, f"{self._loaded.place}, {latent}" if latent else self._loaded.place)
        try:
            self._warm_up()
        except EngineDead as error:
            self.stop()
            raise Refused(f"{self._loaded.name}: {error}") from error
        gc.collect()
        gc.freeze()  # a model and its libraries are half a million objects, which the collector would visit again and again between tokens
        self._is_serving = True

    def stop(self) -> None:
        if not hasattr(self, "_loop") or self._is_stopped:
            return
        self._is_stopped = True  # the loop ends a little later than this method
        was_down = self._health.state == "down"
        self._health = EngineHealth("down", BACKEND, self._folder.name, self._health.detail if was_down else "stopped")
        self._call(self._end_all, "cancelled", None)
        self._watcher.cancel()
        gc.unfreeze()  # before the library collects what it leaves behind
        self._manager.stop(block=True, timeout=10, hard_stop=True)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def health(self) -> EngineHealth:
        return self._health

    def stats(self) -> EngineStats:
        answers = [running.answer for running in list(self._running.values())]
        # What is only kept for later prompts counts as free: it makes room when needed.
        cache = (self.pages().held * self._paging.page_size, self._cache_tokens)
        return self._flow.stats(answers, self._admission.refused, experts=self._loaded.experts.counts(), cache=cache, device=device_use())

    def pages(self) -> Pages:
        """Where the cache's pages are now."""
        return count_pages(self._manager)

    def leftovers(self) -> dict[str, int]:
        """What answers still have here: all zero while none is running, or something leaks."""
        pages, (reserved, tokens) = self.pages(), self._admission.held
        handlers = len(self._manager.output_router.result_handlers)
        return {
            "answers": len(self._running), "handlers": handlers, "reservations": reserved, "reserved_tokens": tokens,
            "pages_held": pages.held, "pages_lost": pages.lost,
        }  # fmt: skip

    # --- answers -------------------------------------------------------------------------------------------------

    def submit(self, request: GenerationRequest) -> Answer:
        self._demand_ready()
        prompt = self._render(request.messages)
        need = len(prompt) + request.max_new_tokens
        if need > self._window:
            raise PromptTooLong(f"prompt of {len(prompt)} tokens + {request.max_new_tokens} new ones do not fit into {self._window}")
        self._admission.admit(request.id, self._paging.rounded(need), request.tenant)
        answer = Answer(request, prompt_tokens=len(prompt), abandon=self.cancel)
        if not self._call(self._register, answer, prompt):
            self._admission.release(request.id)
            self._demand_ready()
            raise EngineDead(self._health.detail or "the engine takes no more answers")
        return answer

    def cancel(self, id: str) -> None:
        if hasattr(self, "_loop"):
            self._loop.call_soon_threadsafe(self._cut, id, "cancelled")

    def _demand_ready(self) -> None:
        if self._health.state == "down":
            raise EngineDead(self._health.detail)
        if self._health.state == "loading" or self._is_closed:
            raise EngineOverloaded(2.0)

    def _call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Runs a function on the loop thread and waits for it."""

        async def run() -> Any:
            return function(*arguments)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(timeout=30)

    # --- on the loop thread --------------------------------------------------------------------------------------

    def _register(self, answer: Answer, prompt: list[int]) -> bool:
        """The handler is registered before the request is handed over, so that no token is missed."""
        request = answer.request
        running = _Running(answer, Detokeniser(self._loaded.tokenizer))
        self._running[request.id] = running
        self._manager.register_result_handler(request.id, lambda output: self._receive(running, output))
        sampling = SAMPLING[request.profile]
        accepted = self._manager.add_request(
            prompt,
            request_id=request.id,
            max_new_tokens=request.max_new_tokens,
            streaming=True,
            eos_token_id=list(self._loaded.eos),
            temperature=sampling.temperature,
            top_p=sampling.top_p,
        )
        if accepted is None:
            self._forget(request.id)
            return False
        running.timer = self._loop.call_later(request.deadline_s, self._cut, request.id, "deadline")
        return True

    def _began(self, id: str) -> None:
        """On the library's thread."""
        if (running := self._running.get(id)) is not None:
            running.answer.begin()

    def _receive(self, running: _Running, output: Any) -> None:
        """One step's news of one answer: all tokens so far."""
        if output.error is not None:
            self._fail(running, output.error)
            return
        fresh = output.generated_tokens[running.seen :]
        running.seen += len(fresh)
        self._flow.made(len(fresh))
        answer = running.answer
        answer.count(len(fresh))
        is_cut = answer.push(running.text.feed(fresh))
        if output.is_finished():
            answer.push(running.text.flush())
            self._close(running, "stop" if is_cut or (fresh and fresh[-1] in self._loaded.eos) else "length")
        elif is_cut:
            self._cut(answer.id, "stop")

    def _fail(self, running: _Running, error: str) -> None:
        """An error of one answer, or the first that is heard of the engine's death."""
        if self._manager.background_thread_status.can_accept_new_requests() is not None:
            self._die(error)
        else:
            logger.error("answer %s failed: %s", running.answer.id, error)
            self._close(running, "error")

    def _cut(self, id: str, finish: Finish) -> None:
        """Ends an answer early. The library never reports a cancelled request, so the end is ours."""
        if (running := self._running.get(id)) is not None:
            self._manager.cancel_request(id)
            self._close(running, finish)

    def _close(self, running: _Running, finish: Finish, error: Exception | None = None) -> None:
        self._forget(running.answer.id)
        if running.answer.end(finish, error):
            self._flow.ended(finish, running.answer.usage)

    def _forget(self, id: str) -> None:
        running = self._running.pop(id, None)
        if running is not None and running.timer is not None:
            running.timer.cancel()
        router = self._manager.output_router
        with router._lock:
            router.result_handlers.pop(id, None)
        self._admission.release(id)

    def _end_all(self, finish: Finish, error: Exception | None) -> None:
        for running in list(self._running.values()):
            self._manager.cancel_request(running.answer.id)
            self._close(running, finish, error)

    def _die(self, why: str) -> None:
        if self._health.state == "down":
            return
        logger.critical("the engine died: %s", why)
        self._health = EngineHealth("down", BACKEND, self._folder.name, why)
        self._end_all("error", EngineDead(why))
        if self._is_serving and self._on_fatal is not None:
            self._on_fatal(why)

    async def _watch(self) -> None:
        """Hears of a dead generation thread, and empties the shared queue of late news of cancelled answers."""
        status = self._manager.background_thread_status
        while self._health.state != "down":
            await asyncio.sleep(_WATCH_S)
            _drain(self._manager.output_router.output_queue)
            if status.fatal_error is not None or not self._manager.is_running():
                self._die(str(status.fatal_error or "the generation thread ended"))

    # --- warmth and adapters -------------------------------------------------------------------------------------

    def _warm_up(self) -> None:
        """Prefills the system prompts: later answers find them in the cache, whatever else it has to forget. Two tokens,
        because a request that ends with its first one leaves nothing there."""
        for number, messages in enumerate(self._warm_prompts):
            request = GenerationRequest(f"warm-up-{number}", messages, "greedy", max_new_tokens=_WARM_TOKENS, deadline_s=300)
            for _ in self.submit(request):
                pass
        with self._manager.pause():
            keep_prefixes(self._manager)

    def swap_adapter(self, folder: str | None) -> None:
        """Lets running answers end, then puts a LoRA adapter on the model or takes it off; prefixes are made anew."""
        self._is_closed = True
        try:
            while self._running:
                time.sleep(_WATCH_S / 10)
            with self._manager.pause():
                in_passing(change_adapter, self._loaded.model, folder)
                forget_prefixes(self._manager)  # computed with other weights, they would poison the next answers
        finally:
            self._is_closed = False
        self._warm_up()


def _drain(source: queue.Queue[Any]) -> None:
    try:
        while True:
            source.get_nowait()
    except queue.Empty:
        pass
