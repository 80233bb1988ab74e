"""`manage.py knowledge_bench`: one changed FAQ among 10,000 variants, and what 100,000 cost. On a scratch installation of its own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from csbot.curation.benching import publishing_measure, size_measure
from csbot.operations.scratch import is_inside, read_inside

WITHOUT_MODELS = {"CSBOT_ENCODER": "hash", "CSBOT_ENGINE": "scripted"}


class Command(BaseCommand):
    help = "Measure publishing, memory and search of large knowledge bases; the last line is one JSON object."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--medium", type=int, default=10_000, help="variants of the base that is published and routed over (default 10,000)")
        parser.add_argument("--large", type=int, default=100_000, help="variants of the base whose size is measured; 0: none (default 100,000)")
        parser.add_argument("--seed", type=int, default=7, help="of the made-up banks")
        parser.add_argument("--json", action="store_true", help="print the JSON object only")

    def handle(self, *args: Any, **options: Any) -> None:
        if is_inside():
            self.stdout.write(json.dumps(publishing_measure(options["medium"], options["seed"])))
            return
        figures = {"seed": options["seed"], "variants": options["medium"], **self._published(options)}
        if options["large"]:
            figures |= {"large_variants": options["large"], **size_measure(options["medium"], options["large"], options["seed"])}
        if not options["json"]:
            for name, value in figures.items():
                self.stdout.write(f"{name:28} {value}")
        self.stdout.write(json.dumps(figures))

    def _published(self, options: dict[str, Any]) -> dict[str, Any]:
        """In the installation, by this command itself, whose last line is read here."""
        arguments = ("--medium", str(options["medium"]), "--seed", str(options["seed"]))
        printed = read_inside("knowledge_bench", arguments, started=("--demo", "--no-pull", "--engine", "scripted"), environment=WITHOUT_MODELS)
        figures: dict[str, Any] = json.loads(printed.splitlines()[-1])
        return figures
