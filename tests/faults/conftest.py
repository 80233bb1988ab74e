"""A whole installation for each module, with the encoder and engine that need no model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from csbot.operations.stack import Stack, open_stack

WITHOUT_MODELS = {"CSBOT_ENCODER": "hash", "CSBOT_ENGINE": "scripted"}
ARGUMENTS = ("--demo", "--no-pull", "--engine", "scripted")


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with open_stack(*ARGUMENTS, environment=WITHOUT_MODELS, folder=tmp_path / "data") as started:
        started.wait()
        yield started
