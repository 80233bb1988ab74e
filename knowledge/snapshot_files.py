"""The files of a snapshot: written once, listed with SHA-256, kept in the shared storage, verified into a local cache.

Content-addressed: a snapshot's id is the hash of its manifest, the manifest lists the hash of every file. Knows files and
the storage. Does not know what is in them but for one child process that tries to open them.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from knowledge import open_check
from knowledge.errors import SnapshotDamaged

OPENED = ".opened"  # mark of the local cache: a child process has opened these files without dying


def manifest_of(folder: Path, **described: Any) -> dict[str, Any]:
    files = {
        path.relative_to(folder).as_posix(): {"sha256": _sha256(path), "size": path.stat().st_size}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return {**described, "files": files}


def id_of(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def store(folder: Path, manifest: Mapping[str, Any]) -> str:
    """Copied to the storage; the folder itself becomes the local cache. Storing the same content twice changes nothing."""
    snapshot_id = id_of(manifest)
    for name in manifest["files"]:
        stored = stored_name(snapshot_id, name)
        if not default_storage.exists(stored):
            with (folder / name).open("rb") as file:
                default_storage.save(stored, File(file))
    if not (local_folder(snapshot_id) / OPENED).is_file():
        _keep(folder, snapshot_id)
    return snapshot_id


def fetch(snapshot_id: str, manifest: Mapping[str, Any]) -> Path:
    """The local folder of a snapshot, complete and verified. Raises `SnapshotDamaged`, which names the file."""
    target = local_folder(snapshot_id)
    if (target / OPENED).is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{snapshot_id[:12]}-", dir=target.parent))
    try:
        for name, listed in manifest["files"].items():
            _copy_verified(snapshot_id, name, listed["sha256"], draft / name)
        _keep(draft, snapshot_id)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _keep(draft: Path, snapshot_id: str) -> None:
    """What a child process opens becomes the local folder, and the draft is gone."""
    target = local_folder(snapshot_id)
    if not open_check.opens(draft):
        raise SnapshotDamaged("cannot_be_opened")
    (draft / OPENED).touch()
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        if target.exists():
            shutil.rmtree(target)
        draft.replace(target)
    except OSError:
        if not (target / OPENED).is_file():  # another process was quicker
            raise


def local_folder(snapshot_id: str) -> Path:
    return Path(settings.DATA_DIR) / "snapshots" / snapshot_id


def _copy_verified(snapshot_id: str, name: str, sha256: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    stored = stored_name(snapshot_id, name)
    if not default_storage.exists(stored):
        raise SnapshotDamaged("file_missing", snapshot=snapshot_id[:12], file=name)
    with default_storage.open(stored, "rb") as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)
    if _sha256(target) != sha256:
        raise SnapshotDamaged("file_damaged", snapshot=snapshot_id[:12], file=name)


def stored_name(snapshot_id: str, name: str) -> str:
    return f"snapshots/{snapshot_id}/{name}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
