"""A measurement's installation: turned away from whatever is live."""

from __future__ import annotations

from pathlib import Path

import pytest

from csbot.env import Environment
from csbot.operations.probe import readiness_at
from csbot.operations.stack import environment_of

LIVE = {"DATABASE_URL": "postgres://shop@live/shop", "REDIS_URL": "redis://live", "CSBOT_STORAGE_URL": "/srv/live"}


def test_a_scratch_installation_knows_no_live_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither from the environment nor from a .env file, which fills whatever the environment leaves out."""
    for name, value in LIVE.items():
        monkeypatch.setenv(name, value)
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in LIVE.items()))
    for name, value in environment_of(tmp_path, {}).items():
        monkeypatch.setenv(name, value)
    read = Environment(_env_file=tmp_path / ".env")  # type: ignore[call-arg]
    assert (read.database_url, read.redis_url, read.storage_url) == ("", "", "")


def test_what_the_caller_names_counts(tmp_path: Path) -> None:
    assert environment_of(tmp_path, {"DATABASE_URL": "postgres://scratch"})["DATABASE_URL"] == "postgres://scratch"


def test_an_address_that_nobody_answers_has_no_readiness() -> None:
    assert readiness_at("http://127.0.0.1:9", timeout_s=1) == {}
