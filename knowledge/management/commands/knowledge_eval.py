"""`manage.py knowledge_eval DIR`: the FAQ bench with the production router. Touches no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.encoding import encoder_named
from knowledge.evaluation import faq_bench, guards_bench
from knowledge.faq.router import FaqRouter


class Command(BaseCommand):
    help = "Route the questions of DIR/queries.csv over DIR/faqs.csv; the last line is one JSON object."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--promise", type=int, default=3, help="of 100 direct answers at most so many wrong (default 3)")
        parser.add_argument("--distractors", type=Path, help="questions that no FAQ answers: a text, one a line, or a CSV with the column query")
        parser.add_argument("--encoder", default="", help="folder of an encoder, or `hash`; default: the setting")
        parser.add_argument("--out", type=Path, help="one JSON line for each question")
        parser.add_argument("--json", action="store_true", help="print the JSON object only")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            bank = faq_bench.bank_read(options["folder"], options["promise"])
            asked = faq_bench.queries_read(options["folder"], options["distractors"])
        except (faq_bench.BenchError, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        encoder = encoder_named(options["encoder"], tell=self.stderr)
        router = FaqRouter.build(bank, encoder)
        outcomes = faq_bench.run(router, asked)
        if options["out"]:
            rows = (json.dumps(outcome.as_row(), ensure_ascii=False) for outcome in outcomes)
            options["out"].write_text("\n".join(rows) + "\n", encoding="utf-8")
        figures = faq_bench.figures(outcomes, best_cut=router.fit.best_cut) | {"floor": faq_bench.floor(bank, encoder, asked)}
        figures["guards"] = guards_bench.figures(guards_bench.run(router, bank))
        if not options["json"]:
            for name, value in figures.items():
                self.stdout.write(f"{name:22} {value}")
        self.stdout.write(json.dumps(figures, ensure_ascii=False))
