"""A whole installation on a scratch folder and a free port, for as long as a measurement or a test needs it.

Knows `manage.py up` and how to ask whether it is ready; nothing of what is measured.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csbot.env import BASE_DIR
from csbot.operations.probe import readiness_at

START_LIMIT_S = 600.0
STOP_LIMIT_S = 30.0
# What names a live installation's data, each emptied rather than left out: a .env file would fill it again.
LIVE = ("DATABASE_URL", "REDIS_URL", "CSBOT_STORAGE_URL")


class StackFailed(Exception):
    """The message carries the last lines that `up` printed."""


@dataclass(frozen=True, slots=True)
class Stack:
    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    environment: Mapping[str, str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def printed(self) -> str:
        return (self.folder / "up.out").read_text(errors="replace")

    def readiness(self) -> dict[str, Any]:
        return readiness_at(self.address, timeout_s=10)

    def wait(self, *, needs_generation: bool = True, limit_s: float = START_LIMIT_S) -> None:
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            body = self.readiness()
            state = body.get("generation", {}).get("state")
            if body.get("ready") and (state == "ready" or not needs_generation):
                return
            if self.process.poll() is not None or (needs_generation and state == "down" and body.get("ready") and body["generation"]["backend"]):
                break
            time.sleep(0.2)
        raise StackFailed(f"not ready: {self.readiness() or 'no answer'}\n{self.printed[-2000:]}")

    def manage(self, *arguments: str, limit_s: float = 300) -> subprocess.CompletedProcess[str]:
        """A command of this installation; its output as text."""
        command = [sys.executable, str(BASE_DIR / "manage.py"), *arguments]
        return subprocess.run(command, env=dict(self.environment), cwd=BASE_DIR, capture_output=True, text=True, timeout=limit_s, check=False)

    def ask(self, text: str, *arguments: str) -> dict[str, Any]:
        done = self.manage("ask", text, "--json", *arguments)
        if done.returncode:
            raise StackFailed(f"ask ended with {done.returncode}: {done.stderr}")
        reply: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return reply

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()


@contextmanager
def open_stack(*arguments: str, environment: Mapping[str, str] | None = None, folder: Path | None = None, port: int = 0) -> Iterator[Stack]:
    """`up` with these arguments, not yet ready; gone at the end, with its scratch folder."""
    with tempfile.TemporaryDirectory(prefix="csbot-", ignore_cleanup_errors=True) as scratch:
        stack = start_stack(folder or Path(scratch), port or free_port(), arguments, environment or {})
        try:
            yield stack
        finally:
            stack.stop()


def start_stack(folder: Path, port: int, arguments: Sequence[str], environment: Mapping[str, str]) -> Stack:
    folder.mkdir(parents=True, exist_ok=True)
    whole = environment_of(folder, environment)
    command = [sys.executable, str(BASE_DIR / "manage.py"), "up", "--with-parent", "--port", str(port), *arguments]
    with (folder / "up.out").open("ab") as out:
        process = subprocess.Popen(command, env=whole, cwd=BASE_DIR, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    return Stack(folder, port, process, whole)


def environment_of(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """This process's own, turned away from any live data; what the installation prints is read here, so it prints English."""
    inherited = {name: value for name, value in os.environ.items() if name != "CSBOT_ROLE"}
    return {**inherited, **dict.fromkeys(LIVE, ""), "CSBOT_DATA_DIR": str(folder), "LC_ALL": "C.UTF-8", **environment}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number
