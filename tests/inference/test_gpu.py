"""The graphics card's benchmark runs to its end at tiny shapes, and its steps say what they did."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from inference.gpu import steps
from inference.gpu.__main__ import measure, roofline
from inference.gpu.loads import Load, prompts_of
from inference.gpu.shapes import DRY, SHAPES, word_tokenizer

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("model", sorted(DRY))
def test_a_dry_run_answers_everybody(model: str) -> None:
    found = measure(argparse.Namespace(model=model, attention="sdpa", seconds=0.4, rate=20.0, at_once=[2], dry=True))
    assert found["open"]["answered"] > 0
    assert found["closed"][0]["tokens_per_s"] > 0
    assert (found["open"]["failed"], found["closed"][0]["failed"]) == ([], [])
    assert 0.4 < found["prefix_share"] <= 32 / 60
    assert 0 < found["roofline"]["share"][2] < 1


def test_real_shapes_are_those_that_were_published() -> None:
    """Parameters counted from the configuration: 16 and 30.5 thousand million."""
    import torch
    import transformers

    for name, low, high in (("moonlight-16b-a3b", 15.5e9, 16.5e9), ("qwen3-30b-a3b", 30e9, 31e9)):
        shape = SHAPES[name]
        config = getattr(transformers, f"{shape.family}Config")(**shape.config, tie_word_embeddings=False)
        with torch.device("meta"):
            model = transformers.AutoModelForCausalLM.from_config(config)
        assert low < sum(value.numel() for value in model.parameters()) < high


def test_a_prompt_has_as_many_tokens_as_asked_for_and_its_beginning_is_shared() -> None:
    load = Load(prompt=50, shared=30, vocabulary=100)
    make, tokenizer = prompts_of(load, 1), word_tokenizer(100)
    one, other = ([tokenizer.encode(message.content) for message in make()] for _ in range(2))
    assert [len(part) for part in one] == [30, 20]
    assert one[0] == other[0]
    assert one[1] != other[1]


def test_a_step_without_figures_has_no_share_of_the_roofline() -> None:
    assert roofline([{"at_once": 4, "step_ms": None}], 10**6)["share"] == {}


def test_without_a_card_flash_is_skipped_and_a_failed_step_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(steps, "STEPS", (("qwen3-30b-a3b", "flash"), ("no-such-model", "sdpa")))
    out = tmp_path / "figures.json"
    assert steps.main(["--out", str(out)]) == 1
    told = json.loads(capsys.readouterr().out)["steps"]
    assert ("skipped" in told[0], told[1]["failed"], out.exists()) == (True, "ended with 2", False)
