"""A whole installation for each module, with the encoder and engine that need no model."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from csbot.operations.stack import Stack, open_stack

WITHOUT_MODELS = {"CSBOT_ENCODER": "hash", "CSBOT_ENGINE": "scripted"}
ARGUMENTS = ("--demo", "--no-pull", "--engine", "scripted")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation that has published, stopped in order: what most tests begin with."""
    folder: Path = tmp_path_factory.mktemp("published") / "data"
    with open_stack(*ARGUMENTS, environment=WITHOUT_MODELS, folder=folder) as started:
        started.wait()
    return folder


@pytest.fixture
def stack(published: Path, tmp_path: Path) -> Iterator[Stack]:
    shutil.copytree(published, tmp_path / "data", ignore=shutil.ignore_patterns("*.sock", "*.lock", "up.out"))
    with open_stack(*ARGUMENTS, environment=WITHOUT_MODELS, folder=tmp_path / "data") as started:
        started.wait()
        yield started
