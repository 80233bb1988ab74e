"""The processes of an installation, found by the data folder in their environment; Valkey, which wipes its own, by its socket."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from csbot.env import socket_path_of
from csbot.operations.stack import Stack


def processes_of(folder: Path) -> dict[int, str]:
    """Process id → role (up, valkey, web, answers, …) of everything that runs on this folder, but for this test."""
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        try:
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
            if "valkey-server" in command and str(socket_path_of(folder)) in command:
                found[int(entry.name)] = "valkey"
            environment = dict(part.partition(b"=")[::2] for part in (entry / "environ").read_bytes().split(b"\0"))
            if environment.get(b"CSBOT_DATA_DIR") == str(folder).encode():
                found.setdefault(int(entry.name), environment.get(b"CSBOT_ROLE", b"").decode() or "up")
        except OSError:
            continue
    return found


def kill(stack: Stack, role: str) -> int:
    return send(stack, role, signal.SIGKILL)


def send(stack: Stack, role: str, number: signal.Signals) -> int:
    pid = next(pid for pid, name in processes_of(stack.folder).items() if name == role)
    os.kill(pid, number)
    return pid


def wait_until(fits: Callable[[], bool], what: str, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not fits():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.1)
