"""A disk that runs full while a model is written: the reason is told, the next rung is tried, and nothing half stays behind."""

from __future__ import annotations

import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from inference.catalogue import ladder
from inference.catalogue.store import Tools
from inference.engine.loading import USUAL, load_model
from tests.inference.catalogue.test_catalogue import CODER, World
from tests.inference.catalogue.test_upcycle import tiny_dense
from tests.inference.engine.conftest import byte_tokenizer


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond 20 KB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def dense(tmp_path: Path) -> Path:
    tiny_dense().save_pretrained(tmp_path / "dense")
    byte_tokenizer().save_pretrained(tmp_path / "dense")
    return tmp_path / "dense"


def upcycle(source: Path, target: Path) -> None:
    call_command("models", "upcycle", str(source), str(target), "--width", "8", stdout=io.StringIO(), stderr=io.StringIO())


@pytest.mark.parametrize("stage", ["download", "convert"])
def test_the_next_rung_is_tried(tmp_path: Path, stage: str) -> None:
    import torch
    from safetensors.torch import save_file

    tools = World().tools()

    def fetch(source, folder, progress):
        if source.file == CODER and stage == "download":
            raise OSError(28, "No space left on device")
        return tools.fetch_wheels(source, folder, progress)

    def convert(source: Path, folder: Path) -> None:
        if source.name == CODER:
            save_file({"weight": torch.zeros(20_000)}, folder / "model.safetensors")
        tools.convert["gguf"](source, folder)

    with_limits = Tools(fetch, tools.fetch_hub, dict.fromkeys(tools.convert, convert))
    with full_disk():
        pulled = ladder.pull_default(tmp_path, lambda *_: None, tools=with_limits, hub=lambda: False)
    assert (pulled.generator, pulled.reach) == (tmp_path / "smollm2-135m", "reduced")
    assert any("cannot be written" in reason for reason in pulled.lost)
    assert not list(tmp_path.glob("*.draft"))


def test_an_upcycling_leaves_nothing_and_may_be_run_again(dense: Path, tmp_path: Path) -> None:
    target = tmp_path / "mixture"
    (tmp_path / ".mixture.draft").mkdir()
    (tmp_path / ".mixture.draft" / "model.safetensors").write_text("of a run that was killed")
    with full_disk(), pytest.raises(CommandError, match=r"mixture cannot be written.*too large"):
        upcycle(dense, target)
    assert [path.name for path in tmp_path.iterdir()] == ["dense"]
    upcycle(dense, target)
    assert load_model(target, USUAL).name == "mixture"
