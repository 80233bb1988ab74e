"""`manage.py encoder_bench`: questions a second of the encoder beside the library's own way. Touches no database."""

from __future__ import annotations

import json
import random
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.encoding import folder_named
from knowledge.evaluation.encoder_bench import ASKERS, ROUNDS, SlowTwin, measure
from knowledge.faq.encoder import load_encoder
from knowledge.faq.examples import background_texts


class Command(BaseCommand):
    help = "Encode questions one by one and from many threads at once, side by side; the last line is one JSON object."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--questions", type=Path, help="a text, one question a line; default: the shipped everyday questions")
        parser.add_argument("--sample", type=int, default=96, help="questions of a round (default 96)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"rounds of which the median counts (default {ROUNDS})")
        parser.add_argument("--askers", type=int, default=ASKERS, help=f"threads that ask at once (default {ASKERS})")
        parser.add_argument("--encoder", default="", help="folder of an encoder; default: the setting")
        parser.add_argument("--json", action="store_true", help="print the JSON object only")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = folder_named(options["encoder"], tell=self.stderr)
        if not folder.is_dir():
            raise CommandError(f"{folder} is no encoder's folder; there is nothing to compare")
        texts = _questions(options["questions"])
        texts = random.Random(options["seed"]).sample(texts, min(options["sample"], len(texts)))  # noqa: S311 - the same at every run
        figures = measure(SlowTwin(folder), load_encoder(folder), texts, rounds=options["rounds"], askers=options["askers"])
        if not options["json"]:
            for name, value in figures.items():
                self.stdout.write(f"{name:22} {value}")
        self.stdout.write(json.dumps(figures))


def _questions(path: Path | None) -> list[str]:
    if path is None:
        return [text for text, _ in background_texts()]
    try:
        found = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}") from error
    if not found:
        raise CommandError(f"{path}: no question stands in it")
    return found
