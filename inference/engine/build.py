"""Chooses and builds the engine. Loads no heavy library before one is needed."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from inference.contracts import ChatMessage, Engine
from inference.engine.loading import Experts, Loading, Precision
from inference.engine.refused import Refused

logger = logging.getLogger(__name__)

_AWAKE = "100000"  # turns of libgomp's waiting loop, about a millisecond: the time between two pieces of a step
EngineKind = Literal["transformers_cb", "generate", "openai_http", "scripted"]


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What an operator sets. `url`, `model` and `key` are for `openai_http`; `guesses` are for `transformers_cb` on a processor."""

    slots: int = 8
    threads: int | None = None
    precision: Precision = "auto"
    experts: Experts = "grouped_mm"
    is_endless: bool = False
    cache_tokens: int = 16384
    guesses: bool = True
    warm_prompts: Sequence[tuple[ChatMessage, ...]] = ()
    on_fatal: Callable[[str], None] | None = None
    url: str = ""
    model: str = ""
    key: str = ""

    @property
    def loading(self) -> Loading:
        return Loading(self.threads, self.precision, self.experts, self.is_endless, self.guesses)


def start_engine(kind: EngineKind, folder: Path | None, options: EngineOptions) -> Engine:
    """A started engine; a model that continuous batching refuses is served by `generate`, and the log says why."""
    engine = build_engine(kind, folder, options)
    try:
        engine.start()
        return engine
    except Refused as error:
        why = str(error)
    # Outside the handler, whose traceback would keep the refused engine's model in memory beside the next one.
    del engine
    gc.collect()
    logger.warning("continuous batching refused the model, answers are made one after the other: %s", why)
    engine = build_engine("generate", folder, options)
    engine.start()
    return engine


def build_engine(kind: EngineKind, folder: Path | None, options: EngineOptions) -> Engine:
    if kind == "scripted":
        from inference.engine.scripted import ScriptedEngine

        return ScriptedEngine(slots=options.slots, first_s=0.05, between_s=0.02)
    if kind == "openai_http":
        from inference.engine.openai_http import OpenAIEngine

        return OpenAIEngine(options.url, options.model, key=options.key, slots=options.slots)
    if folder is None:
        raise ValueError(f"folder: the engine {kind} needs a model folder")
    _stay_awake()
    if kind == "generate":
        from inference.engine.generate import GenerateEngine

        return GenerateEngine(
            folder, slots=options.slots, loading=options.loading, warm_prompts=options.warm_prompts, on_fatal=options.on_fatal
        )
    from inference.engine.transformers_cb import ContinuousBatchingEngine

    return ContinuousBatchingEngine(
        folder,
        slots=options.slots,
        loading=options.loading,
        cache_tokens=options.cache_tokens,
        warm_prompts=options.warm_prompts,
        on_fatal=options.on_fatal,
    )


def _stay_awake() -> None:
    """Lets the cores wait awake for the next piece of work, where torch is not loaded yet: it is read then. Only where answers are
    made (ARCHITECTURE.md, ADR 37): other processes' threads sleep (`manage.py`), or they would take the cores from each other."""
    os.environ.setdefault("GOMP_SPINCOUNT", _AWAKE)
