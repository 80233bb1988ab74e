"""This process's encoder: set once by whoever starts the process, loaded on first use, shared by its threads."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

from django.conf import settings

from knowledge.errors import KnowledgeError
from knowledge.faq.encoder import Encoder, load_encoder

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


def building_encoder() -> Encoder:
    """The same one with a memory on disk: for building snapshots, not for visitors' questions."""
    from knowledge.vectors import RememberingEncoder

    return RememberingEncoder(encoder(), Path(settings.DATA_DIR) / "vectors")


@cache
def _load(folder: str) -> Encoder:
    return load_encoder(folder)
