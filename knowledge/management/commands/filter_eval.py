"""`manage.py filter_eval DIR --lexicon FILE … [--starter] [--no-vet]`: the filter bench with the production matcher. Touches no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from knowledge.faq.encoder import load_encoder
from knowledge.sensitive.evaluation import bench, guessing, meaning
from knowledge.sensitive.evaluation.lexicon_files import filter_of
from knowledge.sensitive.evaluation.rows import BenchError, rows_read


class Command(BaseCommand):
    help = "Filter the texts of DIR/texts.csv by the lexicons and say how many of each subset are flagged; the last line is one JSON object."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--lexicon", type=Path, nargs="+", action="extend", default=[], metavar="FILE", help="TXT, CSV, TSV, JSON or JSONL")
        parser.add_argument("--starter", action="store_true", help="add the word list that ships")
        parser.add_argument("--no-vet", action="store_true", help="take every word of the lexicons, also those that flag ordinary speech")
        parser.add_argument("--out", type=Path, help="one JSON line for each text")
        parser.add_argument("--json", action="store_true", help="print the JSON object only")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = rows_read(options["folder"])
            loaded = filter_of(options["lexicon"], with_starter=options["starter"], with_vetting=not options["no_vet"])
        except BenchError as error:
            raise CommandError(str(error)) from error
        outcomes, mb_per_s = bench.judge(loaded.matcher, rows)
        figures: dict[str, Any] = bench.figures(outcomes)
        if not options["json"]:
            for name, groups in figures.items():
                for group, share in groups.items():
                    self.stdout.write(f"{name:12} {group:32} {share:7.2%}")
            self.stdout.write(f"{loaded.words} words of lexicons; vetoed {len(loaded.vetoed)}, unusable {len(loaded.unusable)}; {mb_per_s} MB/s")
            for refusal in loaded.vetoed:
                self.stdout.write(f"vetoed {refusal.text!r}: {refusal.why}" + "".join(f" | {text}" for text in refusal.texts[:1]))
        if options["out"]:
            lines = (json.dumps(outcome.as_row(), ensure_ascii=False) for outcome in outcomes)
            options["out"].write_text("\n".join(lines) + "\n", encoding="utf-8", errors="backslashreplace")
        vetoed = [refusal.text for refusal in loaded.vetoed]
        figures |= {"semantic": self._semantic(outcomes), "variants": guessing.figures(outcomes, loaded.matcher)}
        figures |= {"vetoed": vetoed, "mb_per_s": mb_per_s, "words": loaded.words, "n": len(rows)}
        self.stdout.write(json.dumps(figures, ensure_ascii=False))

    def _semantic(self, outcomes: Sequence[bench.Outcome]) -> dict[str, dict[str, float]] | None:
        """None where the encoder is not there, or is another one than the semantic layer was fitted on."""
        named = settings.CSBOT.encoder
        folder = next((path for path in (Path(named), Path(settings.CSBOT.models_dir) / named) if named != "hash" and path.is_dir()), None)
        if folder is None:
            self.stderr.write(f"no semantic figures: the encoder {named} is not there (python manage.py models pull {named})")
            return None
        return meaning.figures(outcomes, load_encoder(folder))
