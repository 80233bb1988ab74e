"""A model's folder is there whole or not at all: it is written beside its place and moved there at the end.

Knows folders and what a full disk sounds like; nothing of models.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inference.catalogue.wheels import SourceFailed


@contextmanager
def drafted(target: Path, name: str = "") -> Iterator[Path]:
    """An empty folder that takes the place of `target` when all went well; what an interrupted run left of it is removed.

    Raises `SourceFailed` where it cannot be written, and leaves nothing behind that would fill the disk.
    """
    from safetensors import SafetensorError

    draft = target.with_name(f".{target.name}.draft")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        yield draft
        shutil.rmtree(target, ignore_errors=True)
        draft.replace(target)
    except (OSError, SafetensorError) as error:
        raise SourceFailed(f"{name or target} cannot be written: {error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
