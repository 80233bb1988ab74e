"""What workers say of themselves when the encoder is not what it should be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from csbot.operations.doctor import examine
from csbot.operations.health import readiness
from csbot.operations.roles import answers_canary, encoder_problem, start_answers
from csbot.operations.tasks import canary
from inference.catalogue import manifest
from knowledge import facade as knowledge


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
