"""Measures what continuous batching promises beside speed: cancelled answers free their pages, nothing is left behind, a
full engine says so at once, and what this package puts around the library costs next to nothing.

Takes a started engine and prompts that are never the same; knows nothing of models or of what is asked.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from inference.contracts import ChatMessage, EngineOverloaded, GenerationRequest
from inference.engine.answer import Answer
from inference.engine.bench import share
from inference.engine.transformers_cb import ContinuousBatchingEngine

Messages = tuple[ChatMessage, ...]

TOLD_MS = 300.0  # within which everybody is taken or told "busy"
FREED_MS = 50.0  # beside two steps, within which a cancelled answer's pages are free
LONG, SHORT = 200, 24  # new tokens of answers that are cancelled, and of those that are not
_TIMES = 10  # an overload is so many times the slots


def measure_promises(engine: ContinuousBatchingEngine, prompts: Iterator[Messages], *, slots: int, cancels: int = 1000) -> dict[str, Any]:
    """`slots` is what the engine was built with, `cancels` the storm's size; single cancels are timed a twentieth as often."""
    health = engine.health()
    return {
        "backend": health.backend,
        "model": health.model,
        "device": health.detail,
        "cancel": cancel_times(engine, prompts, tries=max(3, cancels // 20)),
        "storm": storm(engine, prompts, cancels=cancels),
        "overload": overload(engine, prompts, asked=_TIMES * slots),
        "overhead_ms": overhead(engine, prompts, answers=max(3, cancels // 20)),
    }


def tiny_promises(*, slots: int = 8, cancels: int = 1000) -> dict[str, Any]:
    """Of a tiny random DeepSeek-V3, built here: no file is read and nothing loaded down."""
    from inference.gpu.loads import Load, prompts_of
    from inference.gpu.shapes import SHAPES, random_model

    loaded = random_model(SHAPES["tiny-moonlight"])
    engine = ContinuousBatchingEngine(Path(loaded.name), slots=slots, load=lambda _folder, _how: loaded)
    engine.start()
    try:
        return measure_promises(engine, iter(prompts_of(Load(prompt=60, shared=30), seed=1), None), slots=slots, cancels=cancels)
    finally:
        engine.stop()


def cancel_times(engine: ContinuousBatchingEngine, prompts: Iterator[Messages], *, tries: int) -> dict[str, Any]:
    """From the cancel to the moment when no page is held: milliseconds, and steps of the model that began meanwhile."""
    freed, steps, step_ms = [], [], []
    for messages in islice(prompts, tries):
        answer = _ask(engine, messages, LONG)
        _wait(lambda answer=answer: answer.has_begun)  # type: ignore[misc]
        first, begun = _steps(engine), time.perf_counter()
        _wait(lambda first=first: _steps(engine) >= first + 3)  # type: ignore[misc]
        before, since = _steps(engine), time.perf_counter()
        engine.cancel(answer.id)
        _wait(lambda: engine.pages().held == 0)
        freed.append(1000 * (time.perf_counter() - since))
        steps.append(_steps(engine) - before)
        step_ms.append(1000 * (since - begun) / (before - first))
    within = sum(ms <= 2 * step + FREED_MS for ms, step in zip(freed, step_ms, strict=True))
    return {
        "tries": tries,
        "freed_ms_p50": round(median(freed), 1),
        "freed_ms_max": round(max(freed), 1),
        "steps_max": max(steps),
        "step_ms_p50": round(median(step_ms), 1),
        "within": round(within / tries, 3),
    }


def storm(engine: ContinuousBatchingEngine, prompts: Iterator[Messages], *, cancels: int, seed: int = 1) -> dict[str, Any]:
    """Cancels at any moment, of answers that wait, are read in or are being written, some twice, some unknown. `left` is to be all zero."""
    draw = random.Random(seed)
    before, since = engine.pages(), time.perf_counter()
    running: list[Answer] = []
    for messages in islice(prompts, cancels):
        while (answer := _ask_if_free(engine, messages)) is None:
            time.sleep(0.001)
        running.append(answer)
        time.sleep(draw.choice((0.0, 0.0, 0.002, 0.01)))
        chosen = draw.choice(running)
        engine.cancel(chosen.id)
        engine.cancel(draw.choice((chosen.id, "nobody")))
        running = [one for one in running if one.finish is None]
    for answer in running:
        engine.cancel(answer.id)
    took = time.perf_counter() - since
    _wait(lambda: not any(engine.leftovers().values()))
    after = engine.pages()
    return {
        "cancels": cancels,
        "seconds": round(took, 1),
        "left": engine.leftovers(),
        "pages_before": before.free + before.kept,
        "pages_after": after.free + after.kept,
    }


def overload(engine: ContinuousBatchingEngine, prompts: Iterator[Messages], *, asked: int) -> dict[str, Any]:
    """Everybody asks at the same moment. `told_ms` is the time until a request was taken or refused; those taken are answered to their end."""
    crowd = _Crowd(engine, threading.Barrier(asked))
    askers = [threading.Thread(target=crowd.ask, args=(messages,)) for messages in islice(prompts, asked)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    told, firsts = sorted(crowd.told_ms), sorted(crowd.first_ms)
    return {
        "asked": asked,
        "answered": len(firsts),
        "busy": crowd.refused,
        "failed": len(crowd.failed),
        "told_ms_p50": round(share(told, 0.5), 1),
        "told_ms_max": round(told[-1], 1),
        "first_token_ms_max": round(firsts[-1], 1) if firsts else None,
        "within": round(sum(ms <= TOLD_MS for ms in told) / asked, 3),
    }


class _Crowd:
    """Askers who start together, and what became of them."""

    def __init__(self, engine: ContinuousBatchingEngine, start: threading.Barrier) -> None:
        self._engine = engine
        self._start = start
        self.told_ms: list[float] = []
        self.first_ms: list[float] = []
        self.refused = 0
        self.failed: list[str] = []

    def ask(self, messages: Messages) -> None:
        self._start.wait()
        since = time.perf_counter()
        try:
            answer = _ask(self._engine, messages, SHORT)
        except EngineOverloaded:
            self.told_ms.append(1000 * (time.perf_counter() - since))
            self.refused += 1
            return
        self.told_ms.append(1000 * (time.perf_counter() - since))
        for _ in answer:
            pass
        if answer.finish in {"stop", "length"} and answer.usage.first_token_ms is not None:
            self.first_ms.append(answer.usage.first_token_ms)
        else:
            self.failed.append(str(answer.finish))


def overhead(engine: ContinuousBatchingEngine, prompts: Iterator[Messages], *, answers: int) -> dict[str, float]:
    """What this package adds to an answer: from the question to the library's queue, and from the library's last news to the reader."""
    router, heard = engine._manager.output_router, 0.0
    deliver = router.deliver_batch

    def deliver_stamped(outputs: list[Any]) -> None:
        nonlocal heard
        heard = time.perf_counter()
        deliver(outputs)

    router.deliver_batch = deliver_stamped
    added = []
    try:
        for messages in islice(prompts, answers):
            since = time.perf_counter()
            answer = _ask(engine, messages, SHORT)
            taken = time.perf_counter()
            for _ in answer:
                pass
            added.append(1000 * (taken - since + time.perf_counter() - heard))
    finally:
        del router.deliver_batch
    added.sort()
    return {"p50": round(share(added, 0.5), 2), "p95": round(share(added, 0.95), 2)}


def _ask(engine: ContinuousBatchingEngine, messages: Messages, new_tokens: int) -> Answer:
    return engine.submit(GenerationRequest(f"promise-{uuid.uuid4()}", messages, "greedy", new_tokens, deadline_s=600))


def _ask_if_free(engine: ContinuousBatchingEngine, messages: Messages) -> Answer | None:
    try:
        return _ask(engine, messages, LONG)
    except EngineOverloaded:
        return None


def _steps(engine: ContinuousBatchingEngine) -> int:
    return sum(engine.stats().spreads["batch"].counts)


def _wait(until: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.perf_counter() + seconds
    while not until() and time.perf_counter() < end:
        time.sleep(0.0005)
