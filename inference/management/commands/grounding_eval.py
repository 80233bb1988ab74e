"""`manage.py grounding_eval FILE`: judged answers through the product's own grounding check. Touches no database, loads no model."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inference.evaluation.judged_rows import RowError, Verdict, figures_of, rows_read
from inference.evaluation.judging import judge


class Command(BaseCommand):
    help = "Measure the grounding check: what is withheld of supported and unsupported answers. The last line is one JSON object."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--out", type=Path, help="one JSON line for each row")
        parser.add_argument("--json", action="store_true", help="print the JSON object only")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = rows_read(options["file"])
        except (RowError, OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be used: {error}") from error
        verdicts = list(judge(rows, self._tell))
        figures = figures_of(verdicts)
        if options["out"]:
            _write(options["out"], verdicts)
        if not options["json"]:
            self._table(figures)
        self.stdout.write(json.dumps(figures, ensure_ascii=False))

    def _tell(self, done: int) -> None:
        if done % 500 == 0:
            self.stderr.write(f"{done} judged")

    def _table(self, figures: dict[str, Any]) -> None:
        for name in ("caught", "let_through", "auroc"):
            for of_what, value in figures[name].items():
                self.stdout.write(f"{name:12} {of_what:26} {value}")
        self.stdout.write(f"{'n':39} {figures['n']}")


def _write(path: Path, verdicts: list[Verdict]) -> None:
    with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        for verdict in verdicts:
            line = {
                "id": verdict.row.id,
                "kind": verdict.row.kind,
                "supported": not verdict.is_withheld,
                "p": round(verdict.score, 4),
                "why": verdict.why,
                "text": verdict.shown,
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
