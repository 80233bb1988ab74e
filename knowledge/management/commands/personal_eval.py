"""`manage.py personal_eval [FILE] [--lines 5000]`: how well personal data is found, in made-up lines or in a file's. Touches no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.evaluation import personal_lines
from knowledge.evaluation.personal_bench import hostile_seconds, personal_figures


class Command(BaseCommand):
    help = (
        "Recall and precision of personal data by kind and language; the last line is one JSON object. FILE holds a JSON object a line: "
        '{"text": …, "language": "zh", "spans": [{"kind": "phone", "start": 2, "end": 13}]}, or with "value" instead of start and end; '
        f"kinds: {', '.join(personal_lines.KINDS)}."
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="default: made-up lines")
        parser.add_argument("--lines", type=int, default=5000, help="so many are made up, or read at most")
        parser.add_argument("--seed", type=int, default=1, help="of the made-up lines")
        parser.add_argument("--hostile", action="store_true", help="and the seconds for a megabyte of hostile text of each kind")
        parser.add_argument("--out", type=Path, help="writes the lines to a file of the same form")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = self._lines(options["file"], options["lines"], options["seed"])
        if options["out"]:
            rows = (personal_lines.as_row(line) for line in lines)
            options["out"].write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        figures = personal_figures(lines)
        hostile = hostile_seconds() if options["hostile"] else None
        for group, shares in figures["by"].items():
            self.stdout.write(f"{group:12} {shares}")
        source = str(options["file"]) if options["file"] else f"made up, seed {options['seed']}"
        self.stdout.write(json.dumps({"source": source, **figures, "hostile_s": hostile}, ensure_ascii=False))

    def _lines(self, file: Path | None, count: int, seed: int) -> list[personal_lines.Line]:
        if file is None:
            return personal_lines.lines_made(count, seed)
        try:
            return list(personal_lines.lines_read(file))[:count]
        except (OSError, ValueError) as error:
            raise CommandError(f"{file}: {error}") from error
