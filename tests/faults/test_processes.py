"""Whatever is killed comes back or is gone altogether; what was acknowledged is answered."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

import pytest

from csbot.conversations.visiting import Visitor
from csbot.operations.stack import Stack, open_stack
from tests.faults.conftest import ARGUMENTS, WITHOUT_MODELS
from tests.faults.processes import kill, processes_of, wait_until

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("role", ["valkey", "web", "answers", "generation", "background", "beat"])
def test_a_killed_process_comes_back_and_answers_go_on(stack: Stack, role: str) -> None:
    killed = kill(stack, role)
    wait_until(lambda: role in {name for pid, name in processes_of(stack.folder).items() if pid != killed}, f"{role} runs again")
    stack.wait(limit_s=60)
    assert stack.ask("hello")["route"] == "chitchat"
    assert "was killed by SIGKILL" in stack.printed


@pytest.mark.parametrize("role", ["valkey", "answers"])
def test_a_question_under_way_is_answered_after_its_worker_was_killed(stack: Stack, role: str) -> None:
    with Visitor(stack.address, "demo") as visitor:
        visitor.receive()
        kill(stack, role)
        seen = visitor.ask("hello")
    assert seen.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_however_it_ends_no_process_stays(stack: Stack, number: signal.Signals) -> None:
    assert len(processes_of(stack.folder)) >= 7
    stack.process.send_signal(number)
    stack.process.wait(30)
    wait_until(lambda: not processes_of(stack.folder), "everything is gone", 15)


def test_after_a_kill_everything_is_still_there(stack: Stack) -> None:
    asked = stack.ask("hello")
    stack.process.kill()
    stack.process.wait()
    wait_until(lambda: not processes_of(stack.folder), "everything is gone", 15)
    with open_stack(*ARGUMENTS, environment=WITHOUT_MODELS, folder=stack.folder) as again:
        again.wait()
        assert again.ask("thanks", "--conversation", asked["conversation"])["conversation"] == asked["conversation"]


def test_a_second_start_on_the_folder_is_refused_in_words(stack: Stack) -> None:
    done = stack.manage("up", "--port", "1", *ARGUMENTS)
    assert done.returncode == 1
    assert str(stack.process.pid) in done.stderr
    assert "--data-dir" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_refused_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with open_stack(*ARGUMENTS, environment=WITHOUT_MODELS, folder=tmp_path, port=taken.getsockname()[1]) as stack:
            stack.process.wait(30)
            assert "is in use" in stack.printed
            assert "Traceback" not in stack.printed


def test_ask_says_that_nothing_runs(tmp_path: Path) -> None:
    with open_stack(*ARGUMENTS, environment=WITHOUT_MODELS, folder=tmp_path) as stack:
        stack.wait()
    done = stack.manage("ask", "hello")
    assert done.returncode == 2
    assert "nothing runs" in done.stderr


def test_a_model_that_is_missing_is_named_and_faqs_are_answered(tmp_path: Path) -> None:
    environment = {"CSBOT_ENCODER": "hash", "CSBOT_MODELS_DIR": str(tmp_path / "models")}
    with open_stack("--demo", "--no-pull", environment=environment, folder=tmp_path / "data") as stack:
        stack.wait(needs_generation=False)
        wait_until(lambda: stack.readiness()["generation"]["state"] == "down", "generation is down")
        assert "models pull" in stack.readiness()["generation"]["detail"]
        assert stack.ask("hello")["route"] == "chitchat"


def test_a_torn_snapshot_is_refused_and_the_good_one_stays(stack: Stack) -> None:
    stored = next((stack.folder / "storage").rglob("*.faiss"))
    stored.write_bytes(stored.read_bytes()[:100])
    for cached in (stack.folder / "snapshots").rglob(".opened"):
        cached.unlink()
    assert stack.ask("hello")["route"] == "chitchat"  # what is open stays open
    kill(stack, "answers")
    wait_until(lambda: "damaged" in (stack.folder / "logs" / "answers.log").read_text(), "the damage is named")


def test_the_web_process_stays_small(stack: Stack) -> None:
    """DESIGN: idle at most 180 MB of its own and its share of what is shared (PSS)."""
    pid = next(pid for pid, role in processes_of(stack.folder).items() if role == "web")
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    pss_kb = int(next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1])
    assert pss_kb <= 180 * 1024


def test_the_port_answers_only_to_its_own_hosts(stack: Stack) -> None:
    curl = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Host: evil.example", stack.address]
    assert subprocess.run(curl, capture_output=True, text=True, check=False).stdout == "400"
