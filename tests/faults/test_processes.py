"""Whatever is killed comes back or is gone altogether; what was acknowledged is answered."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from csbot.conversations.visiting import Visitor
from csbot.operations.stack import Stack, open_stack
from inference.catalogue import manifest
from tests.faults.conftest import ARGUMENTS, WITHOUT_MODELS
from tests.faults.processes import kill, processes_of, send, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.mark.parametrize("role", ["valkey", "web", "answers", "generation", "background", "beat"])
def test_a_killed_process_comes_back_and_answers_go_on(stack: Stack, role: str) -> None:
    killed = kill(stack, role)
    wait_until(lambda: role in {name for pid, name in processes_of(stack.folder).items() if pid != killed}, f"{role} runs again")
    stack.wait(limit_s=60)
    assert stack.ask("hello")["route"] == "chitchat"
    assert "was killed by SIGKILL" in stack.printed


STORED = "You have 30 days from delivery to return goods."
EVIDENCE = "Spend ¥3,000 within 12 months and you are a gold member, with free express delivery."
# who is killed, who stands still meanwhile so that no answer can be quicker, the question, the last frame before the kill, its answer
UNDER_WAY = [
    ("valkey", "answers", "How long do I have to return something?", "msg.ack", STORED),
    ("answers", "answers", "How long do I have to return something?", "msg.ack", STORED),
    ("generation", "generation", "Describe the levels of membership", "gen.start", EVIDENCE),
]


@pytest.mark.parametrize(("killed", "still", "question", "seen_before", "answer"), UNDER_WAY, ids=[case[0] for case in UNDER_WAY])
def test_a_question_under_way_gets_its_answer_after_a_kill(
    stack: Stack, killed: str, still: str, question: str, seen_before: str, answer: str
) -> None:
    stack.wait()
    with Visitor(stack.address, "demo") as visitor:
        visitor.receive()
        send(stack, still, signal.SIGSTOP)
        visitor.send("msg.send", {"client_id": "the-one", "text": question})
        visitor.receive_until(seen_before)
        kill(stack, killed)
        if still != killed:
            send(stack, still, signal.SIGCONT)
        assert visitor.hear(time.perf_counter()).text == answer


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
    environment = {"CSBOT_ENCODER": "hash", "CSBOT_ENGINE": "transformers_cb", "CSBOT_MODELS_DIR": str(tmp_path / "models")}
    with open_stack("--demo", "--no-pull", environment=environment, folder=tmp_path / "data") as stack:
        stack.wait(needs_generation=False)
        wait_until(lambda: stack.readiness()["generation"]["state"] == "down", "generation is down")
        assert "models pull" in stack.readiness()["generation"]["detail"]
        assert stack.ask("hello")["route"] == "chitchat"


@pytest.mark.parametrize("is_torn", [False, True], ids=["missing", "truncated"])
def test_an_encoder_that_cannot_be_loaded_is_named_once(tmp_path: Path, is_torn: bool) -> None:
    models = tmp_path / "models"
    models.mkdir()
    if is_torn:
        write_torn_model(models / "e5-small")
    environment = {"CSBOT_ENCODER": "e5-small", "CSBOT_ENGINE": "scripted", "CSBOT_MODELS_DIR": str(models)}
    with open_stack(*ARGUMENTS, environment=environment, folder=tmp_path / "data") as stack:
        wait_until(lambda: "e5-small is missing or damaged" in str(stack.readiness()), "readiness names the encoder")
        wait_until(lambda: "e5-small is missing or damaged" in stack.printed, "`up` names the encoder")
        assert "models pull e5-small" in stack.manage("doctor").stdout
        asked = stack.manage("ask", "hello")
        assert asked.returncode == 2
        assert "models pull e5-small" in asked.stderr
        log = (stack.folder / "logs" / "answers.log").read_text()
    assert log.count("missing or damaged") == 1
    assert "Traceback" not in log


def write_torn_model(folder: Path) -> None:
    folder.mkdir()
    weights = folder / "model.safetensors"
    weights.write_bytes(b"0" * 1000)
    manifest.write(folder, name=folder.name)
    weights.write_bytes(b"0" * 10)


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
