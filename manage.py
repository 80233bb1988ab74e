#!/usr/bin/env python
"""The door to every command. Reads --data-dir before the settings load, because they are kept in that folder."""

from __future__ import annotations

import os
import sys


def take_data_dir(arguments: list[str]) -> list[str]:
    """Move --data-dir (before or after the command) into the environment, so that each command knows it."""
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--data-dir":
            os.environ["CSBOT_DATA_DIR"] = next(waiting, "")
        elif argument.startswith("--data-dir="):
            os.environ["CSBOT_DATA_DIR"] = argument.partition("=")[2]
        else:
            rest.append(argument)
    return rest


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csbot.settings")
    # Read when torch loads: its threads sleep while they wait. Spinning, they take the cores from the other workers' threads, and where
    # encoder and generator share two cores one question took ten times as long (BENCHMARKS.md, "Encoder").
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from django.core.management import execute_from_command_line

    from csbot.env import SettingRefused

    try:
        execute_from_command_line(take_data_dir(sys.argv))
    except SettingRefused as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
