"""`manage.py filter_bench`: speed, streams and disguises of the production filter, beside bare automata. Touches no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.sensitive.evaluation import filter_bench
from knowledge.sensitive.evaluation.lexicon_files import read_terms
from knowledge.sensitive.evaluation.rows import BenchError


class Command(BaseCommand):
    help = "Measure the filter with the starter list and 65,000 words; the last line is one JSON object."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--words", type=int, default=65_000, help="so many, the starter list among them; the others are made by dice")
        parser.add_argument("--lexicon", type=Path, help="take the words of this file instead")
        parser.add_argument("--evasions", type=int, default=500, help="cases of each disguise")
        parser.add_argument("--splits", type=int, default=100_000, help="random cuts of random texts")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="print the JSON object only")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = filter_bench.plan_of(options["words"], options["evasions"], options["splits"], options["seed"])
        if options["lexicon"]:
            try:
                terms, _ = read_terms(options["lexicon"])
            except BenchError as error:
                raise CommandError(str(error)) from error
            plan = filter_bench.Plan(terms, options["evasions"], options["splits"], options["seed"])
        figures = filter_bench.run(plan)
        if not options["json"]:
            for name, value in figures.items():
                self.stdout.write(f"{name:14} {value}")
        self.stdout.write(json.dumps(figures, ensure_ascii=False))
