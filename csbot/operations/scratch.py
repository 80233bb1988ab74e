"""Measurements never touch a live database: a command that needs a running system runs itself again inside a scratch one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from django.core.management.base import CommandError

from csbot.env import BASE_DIR
from csbot.operations.stack import StackFailed, open_stack

INSIDE = "CSBOT_INSIDE_SCRATCH"


def is_inside() -> bool:
    return INSIDE in os.environ


def run_inside(command: str, arguments: Sequence[str], *, needs_generation: bool = True, environment: Mapping[str, str] | None = None) -> int:
    """The exit code of `manage.py COMMAND …` in a fresh demo installation, whose address stands in CSBOT_SCRATCH_ADDRESS."""
    return _done_inside(
        command, arguments, ("--demo",), environment or {}, needs_generation=needs_generation, keeps_output=False
    ).returncode


def read_inside(command: str, arguments: Sequence[str], *, started: Sequence[str], environment: Mapping[str, str]) -> str:
    """What it prints there, with an installation started as `up STARTED`, in this environment, without a generator."""
    done = _done_inside(command, arguments, started, environment, needs_generation=False, keeps_output=True)
    if done.returncode:
        raise CommandError(f"{command} failed in the installation ({done.returncode})")
    return done.stdout


def _done_inside(
    command: str,
    arguments: Sequence[str],
    started: Sequence[str],
    environment: Mapping[str, str],
    *,
    needs_generation: bool,
    keeps_output: bool,
) -> subprocess.CompletedProcess[str]:
    with open_stack(*started, environment={INSIDE: "1", **environment}) as stack:
        sys.stderr.write(f"starting an installation on {stack.folder} for this measurement\n")
        try:
            stack.wait(needs_generation=needs_generation)
        except StackFailed as error:
            raise CommandError(str(error)) from error
        sys.stderr.write("it is ready\n")
        whole = {**stack.environment, "CSBOT_SCRATCH_ADDRESS": stack.address}
        line = [sys.executable, str(BASE_DIR / "manage.py"), command, *arguments]
        return subprocess.run(line, env=whole, cwd=BASE_DIR, check=False, text=True, stdout=subprocess.PIPE if keeps_output else None)
