"""What workers say of themselves when the encoder is not what it should be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from csbot.operations import roles
from csbot.operations.doctor import examine
from csbot.operations.health import readiness
from csbot.operations.roles import answers_canary, encoder_problem, start_answers
from csbot.operations.tasks import canary
from inference.catalogue import manifest
from knowledge import facade as knowledge
from knowledge.sensitive.semantic import judging


@pytest.fixture
def models(tmp_path: Path, settings: Any) -> Path:
    settings.CSBOT = settings.CSBOT.model_copy(update={"encoder": "e5-small", "models_dir": tmp_path})
    return tmp_path


def model_written(folder: Path) -> Path:
    folder.mkdir()
    weights = folder / "model.safetensors"
    weights.write_bytes(b"x" * 1000)
    manifest.write(folder, name=folder.name)
    return weights


def test_a_missing_encoder_is_named_with_its_remedy(models: Path) -> None:
    assert answers_canary().state == "down"
    assert answers_canary().detail == "the encoder e5-small is missing or damaged; run: python manage.py models pull e5-small"


def test_a_truncated_encoder_is_named_with_its_remedy(models: Path) -> None:
    weights = model_written(models / "e5-small")
    weights.write_bytes(weights.read_bytes()[:10])
    assert "models pull e5-small" in answers_canary().detail


def test_the_encoder_without_a_model_has_no_problem(settings: Any) -> None:
    knowledge.use_encoder("hash")
    assert encoder_problem() == ""


@pytest.mark.django_db
def test_the_answers_worker_starts_without_an_encoder_and_says_so_once(models: Path, redis_clean: None, caplog: pytest.LogCaptureFixture) -> None:
    start_answers()
    canary()
    canary()
    knowledge.use_encoder("hash")
    assert [record.levelname for record in caplog.records if "missing or damaged" in record.getMessage()] == ["ERROR"]
    assert "missing or damaged" in readiness()["checks"]["answers"]["detail"]
    told = next(finding for finding in examine() if finding.name == "answers")
    assert not told.is_good
    assert "models pull e5-small" in told.detail


@pytest.fixture
def another_encoder(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One that no shipped file was fitted on."""
    settings.CSBOT = settings.CSBOT.model_copy(update={"encoder": "another"})
    monkeypatch.setattr(roles, "encoder_folder", lambda: "hash")
    monkeypatch.setattr(roles, "encoder_problem", lambda: "")
    monkeypatch.setattr(roles, "_open_knowledge", lambda: None)
    monkeypatch.setattr("knowledge.facade.watch_published", lambda: None)
    judging._shipped.cache_clear()
    yield
    judging._shipped.cache_clear()
    knowledge.use_encoder("hash")


@pytest.mark.django_db
@pytest.mark.parametrize("data", [None, b"", b"PK\x03\x04torn"])
def test_what_hears_abuse_and_self_harm_is_missed_aloud(
    data: bytes | None, another_encoder: None, redis_clean: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "model.npz"
    if data is not None:
        file.write_bytes(data)
    monkeypatch.setattr(judging, "FILE", file)
    start_answers()
    canary()
    canary()
    assert [record.levelname for record in caplog.records if "model.npz is missing or damaged" in record.getMessage()] == ["WARNING"]
    told = next(finding for finding in examine() if finding.name == "sensing")
    assert not told.is_good
    assert "model.npz is missing or damaged" in told.detail


@pytest.mark.django_db
def test_an_encoder_that_it_was_not_fitted_on_is_named(another_encoder: None, redis_clean: None, settings: Any) -> None:
    knowledge.use_encoder("hash")
    assert "was fitted on the encoder e5-small" in answers_canary().lacks
    settings.CSBOT = settings.CSBOT.model_copy(update={"sensing": False})
    assert answers_canary().lacks == ""
