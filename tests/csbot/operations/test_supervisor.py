"""Children of the supervisor: watched, restarted with a pause, gone when it is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from csbot.operations.supervisor.children import Child, ChildSpec
from csbot.operations.supervisor.data_folder import FolderInUse, lock_data_folder

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")

PARENT = """
import pathlib, sys, time
from csbot.operations.supervisor.children import Child, ChildSpec
child = Child(ChildSpec("sleeper", (sys.executable, "-c", "import time; time.sleep(60)")), pathlib.Path(sys.argv[1]))
child.start()
print(child.process.pid, flush=True)
time.sleep(60)
"""


def wait_until(fits: object, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not fits():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_dead_child_is_started_again_after_a_pause(tmp_path: Path) -> None:
    child = Child(ChildSpec("sleeper", SLEEP), tmp_path)
    child.start()
    assert child.process
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    assert "SIGKILL" in (child.check() or "")
    wait_until(lambda: child.check() is not None)
    assert child.is_running
    child.wait_or_kill(0)


def test_pauses_grow_while_a_child_keeps_dying(tmp_path: Path) -> None:
    child = Child(ChildSpec("dier", (sys.executable, "-c", "raise SystemExit(3)")), tmp_path)
    child.start()
    said: list[str] = []
    deadline = time.monotonic() + 30
    while len(said) < 3 and time.monotonic() < deadline:
        if line := child.check():
            said.append(line)
        time.sleep(0.02)
    assert "code 3" in said[0]
    assert "in 0.5 s" in said[0]
    assert "in 1.0 s" in said[2]


def test_a_killed_supervisor_leaves_no_child(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    wait_until(lambda: not is_alive(pid))


def test_a_stubborn_child_is_killed_in_the_end(tmp_path: Path) -> None:
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    child = Child(ChildSpec("stubborn", (sys.executable, "-c", stubborn)), tmp_path)
    child.start()
    wait_until(lambda: "up" in child.last_words())
    child.ask_to_stop()
    child.wait_or_kill(time.monotonic() + 0.2)
    assert not child.is_running


def test_a_second_start_on_one_folder_is_refused_by_name(tmp_path: Path) -> None:
    with lock_data_folder(tmp_path), pytest.raises(FolderInUse, match=str(os.getpid())):
        lock_data_folder(tmp_path)
    lock_data_folder(tmp_path).close()
