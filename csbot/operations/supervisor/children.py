"""One child process: started to die with its parent, watched, started anew with growing pauses, stopped in the end.

Knows Linux processes; nothing of what the children do.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from csbot.env import BASE_DIR

PR_SET_PDEATHSIG = 1
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
CALM_AFTER_S = 60.0  # a child that lived this long starts again without a pause
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """`dies_by` is the signal that the kernel sends the child when the supervisor is gone, however it went."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    dies_by: signal.Signals = signal.SIGKILL
    grace_s: float = 8.0


class Child:
    """Not for several threads: the death signal is tied to the thread that starts the child."""

    def __init__(self, spec: ChildSpec, log_folder: Path) -> None:
        self.spec = spec
        self.log = log_folder / f"{spec.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.num_starts = 0
        self._started = 0.0
        self._pause_s = 0.0
        self._not_before = 0.0

    def start(self) -> None:
        parent = os.getpid()

        def die_with_parent() -> None:
            _LIBC.prctl(PR_SET_PDEATHSIG, int(self.spec.dies_by))
            if os.getppid() != parent:  # it died between fork and here
                os._exit(1)

        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.spec.command,
                cwd=BASE_DIR,
                env={**os.environ, **self.spec.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops children in order
                preexec_fn=die_with_parent,  # noqa: PLW1509 - no threads here, and nothing else sets the signal in time
            )
        self.num_starts += 1
        self._started = time.monotonic()

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def check(self) -> str | None:
        """Restarts a dead child when its pause is over; the line to say about it, if any."""
        if self.process is None or self.process.poll() is None:
            return None
        if self._not_before:
            if time.monotonic() < self._not_before:
                return None
            self._not_before = 0.0
            self.start()
            return f"{self.spec.name} started again"
        lived_s = time.monotonic() - self._started
        self._pause_s = FIRST_PAUSE_S if lived_s > CALM_AFTER_S or not self._pause_s else min(self._pause_s * 2, LONGEST_PAUSE_S)
        self._not_before = time.monotonic() + self._pause_s
        end = ended(self.process.returncode)
        return f"{self.spec.name} {end} after {lived_s:.0f} s, starting it again in {self._pause_s:.1f} s (log: {self.log})"

    def ask_to_stop(self) -> None:
        if self.is_running and self.process:
            self.process.terminate()

    def wait_or_kill(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self, num_lines: int = 8) -> str:
        if not self.log.is_file():
            return ""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 8192))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-num_lines:])


def ended(returncode: int) -> str:
    if returncode < 0:
        return f"was killed by {signal.Signals(-returncode).name}"
    return f"ended with code {returncode}"
