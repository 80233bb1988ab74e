"""Measurements never touch a live database: a command that needs a running system runs itself again inside a scratch one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from django.core.management.base import CommandError

from csbot.env import BASE_DIR
from csbot.operations.stack import StackFailed, open_stack

INSIDE = "CSBOT_INSIDE_SCRATCH"


def is_inside() -> bool:
    return INSIDE in os.environ


def run_inside(command: str, arguments: Sequence[str], *, needs_generation: bool = True) -> int:
    """The exit code of `manage.py COMMAND …` in a fresh demo installation, whose address stands in CSBOT_SCRATCH_ADDRESS."""
    with open_stack("--demo", environment={INSIDE: "1"}) as stack:
        sys.stderr.write(f"starting an installation on {stack.folder} for this measurement\n")
        try:
            stack.wait(needs_generation=needs_generation)
        except StackFailed as error:
            raise CommandError(str(error)) from error
        sys.stderr.write("it is ready\n")
        environment = {**stack.environment, "CSBOT_SCRATCH_ADDRESS": stack.address}
        done = subprocess.run([sys.executable, str(BASE_DIR / "manage.py"), command, *arguments], env=environment, cwd=BASE_DIR, check=False)
        return done.returncode
