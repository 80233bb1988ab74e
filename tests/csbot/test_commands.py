"""What the commands print: the keys of their JSON lines, what they refuse, and in which language."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from csbot.conversations.evaluation import Heard, Result, ScriptedConversation, ScriptedTurn, report
from csbot.conversations.management.commands.pipeline_bench import figures_of, median_of
from csbot.conversations.visiting import Seen
from csbot.env import BASE_DIR, operators_language
from csbot.operations.benchmarks import benchmarks_page
from csbot.operations.doctor import examine
from csbot.operations.links import setup_token
from csbot.secrets import secret_key_of
from inference.catalogue import manifest

KNOWLEDGE_EVAL = {
    *("top1", "top1_strict", "recall3", "auroc", "e2e", "wrong_rate", "coverage", "coverage_at_5"),
    *("near_domain_answered", "clarify_rate", "clarify_hit", "ece", "route_ms", "n"),
}
CONVERSATION_EVAL = {
    *("resolved", "by_kind", "wrong_facts_shown", "followup_right", "handover_right", "clarify_success", "first_sign_ms_p95", "n"),
}
PIPELINE_BENCH = {"faq_ms", "floor_ms", "first_sign_ms_p95", "generate", "cache_ms_p50"}
MODEL = {"name", "kind", "licence", "languages", "is_default", "state", "detail"}


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def at_the_shell(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    whole = {**os.environ, "CSBOT_DATA_DIR": str(folder), "LC_ALL": "C.UTF-8", **environment}
    return subprocess.run([sys.executable, "manage.py", *arguments], cwd=BASE_DIR, env=whole, capture_output=True, text=True, check=False)


# --- at the shell -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("locale", "words"), [("en_US.UTF-8", "nothing runs in"), ("zh_CN.UTF-8", "没有运行任何程序")])
def test_without_a_running_system_it_says_what_to_start_in_the_operators_language(tmp_path: Path, locale: str, words: str) -> None:
    done = at_the_shell(tmp_path, "ask", "hello", LC_ALL=locale)
    assert done.returncode == 2
    assert words in done.stderr
    assert "manage.py up" in done.stderr


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_TW.UTF-8"}, "zh-hans"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_commands_speak_the_language_of_the_shell(environment: dict[str, str], language: str) -> None:
    assert operators_language(environment) == language


# --- measurements ----------------------------------------------------------------------------------------------------


def test_the_faq_bench_has_the_keys_of_the_design(tmp_path: Path) -> None:
    goods = ("teapot", "lantern", "bicycle", "umbrella", "violin", "telescope")
    asks = ("how much is the {}", "price of the {} please", "what does a {} cost")
    faqs = [f"{thing},{asks[0].format(thing)},{'||'.join(ask.format(thing) for ask in asks[1:])},The {thing} costs 5" for thing in goods]
    (tmp_path / "faqs.csv").write_text("\n".join(["faq_id,question,variants,answer", *faqs]))
    queries = [f"q{number},how much is the {thing},{thing}" for number, thing in enumerate(goods)]
    (tmp_path / "queries.csv").write_text("\n".join(["query_id,query,expected_faq_id", *queries, "n1,who won the match,NONE"]))
    figures = json.loads(said("knowledge_eval", str(tmp_path), "--encoder", "hash", "--json").splitlines()[-1])
    assert figures.keys() >= KNOWLEDGE_EVAL
    assert figures["route_ms"].keys() >= {"p50", "p95", "p99"}
    assert len(figures["wrong_rate"]) == 3


def test_scripted_conversations_have_the_keys_of_the_design() -> None:
    turn = ScriptedTurn("how long", ("answer",), (re.compile("30"),), (re.compile("60"),))
    script = ScriptedConversation("c1", "en", "followup", (turn, turn))
    good = Result(script, [Heard("answer", "30 days", 90.0), Heard("answer", "30 days", 110.0)])
    bad = Result(script, [Heard("answer", "30 days", 90.0), Heard("answer", "30 or 60 days", 100.0)])
    figures = report([good, bad])
    assert figures.keys() >= CONVERSATION_EVAL
    assert (figures["resolved"], figures["wrong_facts_shown"], figures["followup_right"]) == ({"en": 0.5, "zh": None}, 1, 0.5)


def test_latencies_have_the_keys_of_the_design() -> None:
    quick, slow = Seen("answer", "30 days", 50.0, 50.0, 50.0), Seen("generate", "Silver", 100.0, 900.0, 2000.0)
    figures = figures_of([quick], [quick], [slow, quick], floor_ms=[7.0], tokens_per_s=6.5)
    assert figures.keys() >= PIPELINE_BENCH
    assert figures["faq_ms"] == {"p50": 50.0, "p99": 50.0}
    assert figures["generate"] == {"first_token_ms_p50": 900.0, "tokens_per_s": 6.5}
    assert figures["n"] == {"faq": 1, "generated": 1}


def test_our_own_overhead_is_that_of_the_median_round() -> None:
    rounds: list[dict[str, float | None]] = [{"p50": 40.0, "p95": 65.0}, {"p50": 42.0, "p95": 50.0}, {"p50": 39.0, "p95": 58.0}]
    assert median_of(rounds) == {"p50": 40.0, "p95": 58.0, "p95_of_rounds": [65.0, 50.0, 58.0]}
    assert median_of([{"p50": None, "p95": None}])["p95"] is None


def test_the_page_of_benchmarks_is_made_of_the_kept_figures() -> None:
    kept = {"pipeline": {"figures": {"faq_ms": {"p50": 50.0}}, "machine": "two cores", "commit": "abc", "date": "2026-01-01"}}
    page = benchmarks_page(kept)
    assert "two cores; commit abc, 2026-01-01." in page
    assert "| FAQ: send to last frame, ms | p50 50.0 |" in page
    assert "| cached answer, p50 ms | – |" in page


def test_the_page_of_benchmarks_lists_every_run_of_the_engine() -> None:
    run = {"backend": "generate", "concurrency": 4, "prompt_tokens": 127, "new_tokens": 48, "tpot_ms_p50": 100.0, "tokens_per_s": 9.0}
    run |= {"ttft_ms_p50": 400.0, "ttft_ms_p95": 450.0}
    figures = {"runs": [run], "ratios": {"four to one": 2.5}, "device": "cpu"}
    page = benchmarks_page({"engine": {"figures": figures, "machine": "two cores", "commit": "abc", "date": "2026-01-01"}})
    assert "| generate | 4 | 127 | 48 | p50 400.0, p95 450.0 | 100.0 | 9.0 |" in page
    assert "- four to one: 2.5 ×" in page


# --- the installation ------------------------------------------------------------------------------------------------


@pytest.fixture
def models(tmp_path: Path, settings: Any) -> Path:
    settings.CSBOT = settings.CSBOT.model_copy(update={"models_dir": tmp_path})
    return tmp_path


@pytest.mark.django_db
def test_the_doctor_names_a_missing_model_and_its_remedy(models: Path, redis_clean: None) -> None:
    found = next(finding for finding in examine() if finding.name == "models")
    assert not found.is_good
    assert "e5-small" in found.detail
    assert "models pull" in found.remedy


def test_a_setting_that_cannot_be_used_is_named_in_one_line(tmp_path: Path) -> None:
    done = at_the_shell(tmp_path, "doctor", CSBOT_PORT="abc")
    assert done.returncode == 1
    assert "CSBOT_PORT=abc" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_catalogue_says_what_is_here(models: Path) -> None:
    listed = json.loads(said("models", "list", "--json"))
    assert all(state.keys() == MODEL for state in listed)
    assert {state["state"] for state in listed} == {"missing"}


def test_verifying_names_the_damaged_file(models: Path) -> None:
    (models / "e5-small").mkdir()
    weights = models / "e5-small" / "model.safetensors"
    weights.write_bytes(b"whole")
    manifest.write(models / "e5-small", name="e5-small")
    assert "e5-small" in said("models", "verify")
    weights.write_bytes(b"torn!")
    with pytest.raises(CommandError, match=r"model\.safetensors is damaged.*models pull e5-small"):
        said("models", "verify")


def test_pulling_an_unknown_model_is_refused_by_name(models: Path) -> None:
    with pytest.raises(CommandError, match="no-such-model"):
        said("models", "pull", "no-such-model")


@pytest.mark.django_db
def test_secrets_are_for_their_owner_alone(tmp_path: Path) -> None:
    secret_key_of(tmp_path)
    setup_token()
    for path in (tmp_path / "secret_key", settings.DATA_DIR / "setup_link"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
