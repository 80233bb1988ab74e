"""`manage.py intent_eval TRAIN_DIR [--test DIR] [--shots K]`: the intent bench with the production detector. Touches no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.encoding import encoder_named
from knowledge.evaluation import intent_bench


class Command(BaseCommand):
    help = "Teach the messages of TRAIN_DIR/intents.csv and ask others; the last line is one JSON object."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--test", type=Path, help="folder with the messages that are asked; default: a fifth of the first")
        parser.add_argument("--shots", type=int, default=0, help="teach only so many examples of each intent")
        parser.add_argument("--seed", type=int, default=1, help="of the split and of the shots")
        parser.add_argument("--encoder", default="", help="folder of an encoder, or `hash`; default: the setting")
        parser.add_argument("--out", type=Path, help="one JSON line for each message that was asked")
        parser.add_argument("--json", action="store_true", help="print the JSON object only")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = intent_bench.rows_read(options["folder"])
            taught, asked = (rows, intent_bench.rows_read(options["test"])) if options["test"] else intent_bench.split(rows, options["seed"])
        except intent_bench.BenchError as error:
            raise CommandError(str(error)) from error
        if options["shots"] > 0:
            taught = intent_bench.few(taught, options["shots"], options["seed"])
        encoder = encoder_named(options["encoder"], tell=self.stderr)
        outcomes: list[intent_bench.Outcome] = []
        figures: dict[str, Any] = {}
        for dataset in sorted({row.dataset for row in asked}):
            own = [row for row in taught if row.dataset == dataset]
            if not any(row.intent for row in own):
                raise CommandError(f"{options['folder']}: the data set {dataset} has nothing to teach")
            found = intent_bench.run(own, [row for row in asked if row.dataset == dataset], encoder)
            figures[dataset] = intent_bench.figures(found)
            outcomes += found
            if not options["json"]:
                self.stdout.write(f"{dataset:12} {figures[dataset]}")
        if options["out"]:
            lines = (json.dumps(outcome.as_row(), ensure_ascii=False) for outcome in outcomes)
            options["out"].write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.stdout.write(json.dumps(figures, ensure_ascii=False))
