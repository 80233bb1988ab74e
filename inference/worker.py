"""Life of a generation worker's engine: load, warm up, be ready, end the process when the engine died.

Knows the engine and processes; nothing of Celery, which calls `start` before it consumes and `stop` when it ends.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from inference import facade
from inference.contracts import Engine
from inference.engine.build import EngineKind, EngineOptions

logger = logging.getLogger(__name__)

EXIT_ENGINE_DEAD = 70  # the supervisor starts the worker anew
_GRACE_S = 2.0


def leave(why: str) -> None:
    """Ends the process shortly after the engine died: running answers still get to say so to their visitors.

    `os._exit`, because the library's generation thread is not a daemon and may hang in native code.
    """
    logger.critical("the engine died, this worker ends: %s", why)
    timer = threading.Timer(_GRACE_S, os._exit, (EXIT_ENGINE_DEAD,))
    timer.daemon = True
    timer.start()


def start(
    kind: EngineKind,
    folder: Path | None,
    options: EngineOptions | None = None,
    *,
    on_ready: Callable[[Engine], None] | None = None,
    on_fatal: Callable[[str], None] = leave,
) -> Engine:
    """Blocks until the engine is warm; `on_ready` is where the worker says so to the rest of the product."""
    _rehearse()
    engine = facade.start_engine(kind, folder, replace(options or EngineOptions(), on_fatal=on_fatal))
    logger.info("generation is ready: %s, %s", engine.health().backend, facade.model_version())
    if on_ready is not None:
        on_ready(engine)
    return engine


def _rehearse() -> None:
    """One answer through the check, so that the first of a visitor's waits for no files and tables."""
    claims = facade.open_grounding(["Orders leave within 2 days."], ["When?"], "en")
    claims.feed("Your order leaves within 2 days.")
    claims.flush()


def stop() -> None:
    """Running answers end as cancelled; returns when the engine's threads are gone."""
    facade.stop_engine()
