"""The engine bench: its keys, its lengths, its ratios; how fast anything is, no test says."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from inference.engine.bench import Run, ratios, share

pytestmark = pytest.mark.thorough

KEYS = {"backend", "model", "concurrency", "prompt_tokens", "new_tokens", "ttft_ms_p50", "ttft_ms_p95", "tpot_ms_p50", "tokens_per_s"}


def run_of(backend: str, concurrency: int, tokens_per_s: float) -> Run:
    return Run(backend, "m", concurrency, 100, 10, 1.0, 1.0, 1.0, tokens_per_s)


def test_it_measures_both_engines_at_full_length(random_model: Path, tmp_path: Path) -> None:
    out = StringIO()
    arguments = ["--concurrency", "1", "--concurrency", "3", "--new-tokens", "6", "--rounds", "1", "--cancels", "0", "--json"]
    arguments += ["--out", str(tmp_path / "runs")]
    call_command("inference_bench", "--model", str(random_model), *arguments, stdout=out, stderr=StringIO())
    figures = json.loads(out.getvalue())
    asked = [(run["backend"], run["concurrency"]) for run in figures["runs"]]
    alone_and_not = [(name, number) for name in ("transformers_cb", "transformers_cb, no guesses") for number in (1, 3)]
    assert asked == [*alone_and_not, ("generate", 1)]
    assert all(set(run) == KEYS and run["new_tokens"] == 6 and run["tokens_per_s"] > 0 for run in figures["runs"])
    ratios_of = {"transformers_cb: 3 at once to one", "transformers_cb, no guesses: 3 at once to one", "transformers_cb to generate, alone"}
    assert set(figures["ratios"]) == ratios_of
    assert (bool(figures["device"]), figures["promises"]) == (True, [])
    assert len((tmp_path / "runs").read_text().splitlines()) == 5


def test_it_measures_what_is_promised_without_any_model_at_hand() -> None:
    out = StringIO()
    call_command("inference_bench", "--promises-only", "--cancels", "24", "--json", stdout=out, stderr=StringIO())
    figures = json.loads(out.getvalue())
    (tiny,) = figures["promises"]
    assert (figures["runs"], tiny["cancel"]["tries"], tiny["storm"]["cancels"]) == ([], 3, 24)
    assert not any(tiny["storm"]["left"].values())
    assert tiny["storm"]["pages_after"] == tiny["storm"]["pages_before"] > 0
    overload = tiny["overload"]
    assert (overload["asked"], overload["failed"], overload["answered"] + overload["busy"]) == (80, 0, 80)
    assert tiny["cancel"].keys() >= {"freed_ms_p50", "freed_ms_max", "steps_max", "step_ms_p50", "within"}
    assert tiny["overhead_ms"].keys() == {"p50", "p95"}


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="models"):
        call_command("inference_bench", "--model", str(tmp_path), stdout=StringIO(), stderr=StringIO())


def test_ratios_compare_with_the_same_backend_alone() -> None:
    found = ratios([run_of("transformers_cb", 1, 10.0), run_of("transformers_cb", 8, 25.0), run_of("generate", 1, 5.0)])
    assert found == {"transformers_cb: 8 at once to one": 2.5, "transformers_cb to generate, alone": 2.0}
    assert ratios([run_of("transformers_cb", 8, 25.0)]) == {}


def test_a_share_is_a_value_that_was_measured() -> None:
    assert (share([1.0, 2.0, 3.0, 4.0], 0.5), share([1.0, 2.0, 3.0, 4.0], 0.95), share([1.0], 0.5)) == (2.0, 4.0, 1.0)
