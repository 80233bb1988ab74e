"""What lies in a model's folder and whether it still does: every file with size and SHA-256, checked before use.

A full check reads every byte; the quick one, made at each start, compares sizes and reads the small files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NAME = "manifest.json"
SMALL = 1 << 20


class ModelDamaged(Exception):
    """Names the file and the command that mends it."""


def write(folder: Path, **described: Any) -> None:
    """Last of all: a folder without it is not a model."""
    files = {path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": sha256_of(path)} for path in _files(folder)}
    (folder / NAME).write_text(json.dumps({**described, "files": files}, indent=1, ensure_ascii=False), encoding="utf-8")


def read(folder: Path) -> Mapping[str, Any]:
    """Raises `ModelDamaged` where there is none, or none that can be read."""
    try:
        content: Mapping[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        content["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelDamaged(f"{folder.name}: {NAME} is missing or damaged. {_mend(folder)}") from error
    return content


def verify(folder: Path, *, thoroughly: bool = False) -> None:
    """Raises `ModelDamaged`, which names the first file that is missing or differs."""
    for name, listed in read(folder)["files"].items():
        path = folder / name
        if not path.is_file():
            raise ModelDamaged(f"{folder.name}: {name} is missing. {_mend(folder)}")
        differs = path.stat().st_size != listed["size"]
        if not differs and (thoroughly or listed["size"] <= SMALL):
            differs = sha256_of(path) != listed["sha256"]
        if differs:
            raise ModelDamaged(f"{folder.name}: {name} is damaged. {_mend(folder)}")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mend(folder: Path) -> str:
    return f"Run `python manage.py models pull {folder.name}`."


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != NAME)
