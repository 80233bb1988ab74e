"""`manage.py generate_eval FILE`: answers to questions with evidence, through selection, engine, checks and ladder. Touches no database."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from csbot.conversations.answering_rows import answer_all, generated, nearest
from csbot.conversations.grounded_rows import Reply, RowError, figures_of, injected, rows_read
from inference import facade as inference
from inference.contracts import EngineDead, EngineOverloaded, ModelMissing
from knowledge import facade as knowledge

NEAREST = "nearest"
AT_ONCE = 8


class Command(BaseCommand):
    help = (
        "Measure generated answers. `answered` is the share of answerable rows that got an answer, `declined` the share of the others that got "
        "none; a text in ten is asked once more with a hostile instruction in it. The last line is one JSON object."
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--sample", type=int, default=0, help="so many rows instead of all")
        parser.add_argument("--seed", type=int, default=1, help="of the sample and of the hostile instructions")
        parser.add_argument("--model", default="", help=f"catalogue name or folder, or `{NEAREST}`: the best evidence sentence without a model")
        parser.add_argument("--encoder", default="", help="catalogue name or folder, or `hash`")
        parser.add_argument("--max-new-tokens", type=int, default=128)
        parser.add_argument("--out", type=Path, help="one JSON line for each row")
        parser.add_argument("--json", action="store_true", help="print the JSON object only")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = rows_read(options["file"], sample=options["sample"], seed=options["seed"])
        except (RowError, OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be used: {error}") from error
        rows += injected(rows, seed=options["seed"])
        encoder = knowledge.encoder_named(options["encoder"], tell=self.stderr)
        if options["model"] == NEAREST:
            answer = partial(nearest, encoder=encoder)
        else:
            self._start(options["model"])
            answer = partial(generated, encoder=encoder, max_new_tokens=options["max_new_tokens"])
        began = time.perf_counter()
        try:
            replies = answer_all(rows, answer, at_once=AT_ONCE, told=self._told(len(rows)))
        except (EngineDead, EngineOverloaded) as error:
            raise CommandError(str(error)) from error
        finally:
            inference.stop_engine()
        figures = figures_of(replies, seconds=time.perf_counter() - began)
        if options["out"]:
            _write(options["out"], replies)
        if not options["json"]:
            for name, value in figures.items():
                self.stdout.write(f"{name:20} {value}")
        self.stdout.write(json.dumps(figures, ensure_ascii=False))

    def _start(self, named: str) -> None:
        environment = settings.CSBOT
        named = named or environment.generator
        folder = Path(named) if named and Path(named).is_dir() else None
        if folder is None:
            call_command("models", "pull", *([named] if named else []), stdout=self.stderr)
            folder = inference.model_folder(named, environment.models_dir) if named else inference.default_generator(environment.models_dir)
        options = inference.EngineOptions(slots=AT_ONCE, threads=environment.torch_threads or None)
        try:
            engine = inference.start_engine(environment.engine, folder, options)
        except (ModelMissing, OSError, ValueError, RuntimeError) as error:
            raise CommandError(f"{named or folder}: {error}") from error
        self.stderr.write(f"{inference.model_version()}, {engine.health().detail}")

    def _told(self, number: int) -> Any:
        def tell(done: int) -> None:
            if done % 50 == 0 or done == number:
                self.stderr.write(f"{done} of {number}")

        return tell


def _write(path: Path, replies: list[Reply]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for reply in replies:
            route = "generate" if reply.text else "refuse"
            line = {"id": reply.row.id, "route": route, "text": reply.text, "raw_text": reply.raw, "rung": reply.rung}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
