"""This process's encoder: set once by whoever starts the process, loaded on first use, shared by its threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command

from knowledge.errors import KnowledgeError
from knowledge.faq.encoder import Encoder, load_encoder

if TYPE_CHECKING:
    from knowledge.vectors import RememberingEncoder

_lock = threading.Lock()
_folder: str | None = None


def use_encoder(folder: Path | str) -> None:
    """A sentence-transformers folder, or `hash` for the encoder without a model. Before the first use of `encoder`."""
    global _folder  # noqa: PLW0603 - one encoder for each process is the point
    with _lock:
        if _folder != str(folder):
            _folder = str(folder)
            _load.cache_clear()


def encoder() -> Encoder:
    """Raises `KnowledgeError` where no encoder was named."""
    with _lock:
        if _folder is None:
            raise KnowledgeError("no_encoder")
        return _load(_folder)


def building_encoder(told: Callable[[int], None] = lambda count: None) -> RememberingEncoder:
    """The same one with a memory on disk: for building snapshots, not for visitors' questions. `told` hears how many texts are done."""
    from knowledge.vectors import RememberingEncoder

    return RememberingEncoder(encoder(), Path(settings.DATA_DIR) / "vectors", told)


def encoder_named(named: str, *, tell: Any) -> Encoder:
    """For an evaluation: `hash`, a folder, or a catalogue entry, pulled where it is not there; empty: the setting. Progress goes to `tell`."""
    return load_encoder(folder_named(named, tell=tell))


def folder_named(named: str, *, tell: Any) -> Path:
    """The same encoder's folder, or the path `hash`."""
    named = named or settings.CSBOT.encoder
    if named == "hash" or Path(named).is_dir():
        return Path(named)
    folder = Path(settings.CSBOT.models_dir) / named
    if not folder.is_dir():
        call_command("models", "pull", named, stdout=tell)
    return folder


@cache
def _load(folder: str) -> Encoder:
    return load_encoder(folder)
