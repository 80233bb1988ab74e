"""`manage.py worker answers|generation|background`: one Celery worker with the parts of its role loaded."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run one worker; `up` starts all three."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", choices=["answers", "generation", "background"])

    def handle(self, *args: Any, **options: Any) -> None:
        role: str = options["role"]
        os.environ["CSBOT_ROLE"] = role
        from csbot.operations.workers import run

        run(role)
