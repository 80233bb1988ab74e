"""What the product may use of `inference`. Importing it is cheap: models and their libraries load on first use.

A process has at most one engine; the generation worker starts it, everybody else only names things.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from inference.contracts import Engine, EngineDead, GenerationRequest, GroundingStream, Handle, Language, Prompt, PromptInput
from inference.engine.build import EngineKind, EngineOptions

if TYPE_CHECKING:
    from inference.catalogue.store import ModelState
    from inference.monitoring.load import LayerLoad

__all__ = [
    "EngineKind",
    "EngineOptions",
    "answer_pieces",
    "build_prompt",
    "default_generator",
    "engine",
    "expert_load",
    "is_decline",
    "list_models",
    "model_folder",
    "model_version",
    "open_grounding",
    "prompt_version",
    "start_engine",
    "start_worker",
    "stop_engine",
]

_engine: Engine | None = None
_folder: Path | None = None
_lock = threading.Lock()


def start_engine(kind: EngineKind, folder: Path | None = None, options: EngineOptions | None = None) -> Engine:
    """Starts this process's engine and warms it up with the prompts of both languages; blocks until it is ready."""
    from inference.engine.build import start_engine as start
    from inference.prompts import system_prompts

    global _engine, _folder  # noqa: PLW0603 - one engine for each process is the point
    with _lock:
        if _engine is None:
            options = options or EngineOptions()
            _engine = start(kind, folder, options if options.warm_prompts else replace(options, warm_prompts=system_prompts()))
            _folder = folder
        return _engine


def start_worker(kind: EngineKind, folder: Path | None = None, options: EngineOptions | None = None) -> Engine:
    """The same for a worker's whole life: when the engine dies for good, the process ends and is started anew."""
    from inference.worker import start

    return start(kind, folder, options)


def engine() -> Engine:
    """This process's engine; raises `EngineDead` where none was started."""
    if _engine is None:
        raise EngineDead("no engine was started in this process")
    return _engine


def stop_engine() -> None:
    global _engine  # noqa: PLW0603 - the same one
    with _lock:
        stopped, _engine = _engine, None
    if stopped is not None:
        stopped.stop()


def list_models(models_dir: Path) -> list[ModelState]:
    """Every model of the catalogue and whether it is here and whole."""
    from inference.catalogue import store

    return store.states(models_dir)


def model_folder(name: str, models_dir: Path) -> Path | None:
    """A catalogue model's folder; None where it is missing or damaged."""
    from inference.catalogue import ladder

    return ladder.model_folder(name, models_dir)


def default_generator(models_dir: Path) -> Path | None:
    """The best generator of the ladder that is here and whole; None means FAQs only."""
    from inference.catalogue import ladder

    return ladder.default_generator(models_dir)


def build_prompt(filling: PromptInput) -> Prompt:
    """The messages for one answer; everything untrusted in them is fenced and defused."""
    from inference import prompts

    return prompts.build_prompt(filling)


def answer_pieces(request: GenerationRequest) -> tuple[Handle, Iterator[str]]:
    """Submit, and the pieces of the answer's text as a visitor may see them. Raises what `submit` raises."""
    from inference.prompts import STOP, without_numbers

    handle = engine().submit(replace(request, stop=(*request.stop, *STOP)))
    return handle, without_numbers(handle)


def prompt_version(language: Language) -> str:
    """Name and content hash of a language's template: a part of every answer's cache key."""
    from inference.prompts import TEMPLATES

    return TEMPLATES[language].version


def open_grounding(evidence: Sequence[str], conversation: Sequence[str], language: Language) -> GroundingStream:
    """A stream that lets an answer through as far as its claims and sentences are supported. Both languages are always read.

    `conversation` is what the visitor said, the question first.
    """
    from inference.grounding.chain import Chain
    from inference.grounding.scoring import shipped
    from inference.grounding.sentences import SentenceStream
    from inference.grounding.stream import Grounding
    from inference.grounding.support import Support

    return Chain(Grounding(Support(evidence, conversation)), SentenceStream(evidence, conversation, shipped()))


def expert_load(counts: Sequence[int]) -> LayerLoad:
    """How evenly a layer's experts work, from its tokens by expert."""
    from inference.monitoring.load import load_of

    return load_of(counts)


def is_decline(text: str, language: Language) -> bool:
    """Whether an answer says that the material does not cover the question."""
    from inference.grounding.decline import is_decline as declines

    return declines(text, language)


def model_version(folder: Path | None = None) -> str:
    """The model's folder name and the beginning of its manifest's hash; without a folder, of the engine's own model."""
    folder = folder or _folder
    if folder is None:
        return _engine.health().model if _engine is not None else "none"
    listing = next((folder / name for name in ("manifest.json", "config.json") if (folder / name).is_file()), None)
    return f"{folder.name}@{hashlib.sha256(listing.read_bytes()).hexdigest()[:12]}" if listing else folder.name
