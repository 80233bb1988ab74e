"""`manage.py inference_bench`: the engines side by side on one model, alone and under load. Touches no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inference.bench_prompts import bench_prompts
from inference.catalogue import ladder
from inference.contracts import ModelMissing
from inference.engine.bench import AnswerFailed, Run, measure, ratios
from inference.engine.build import EngineKind, EngineOptions, build_engine
from inference.engine.refused import Refused
from inference.prompts import system_prompts

if TYPE_CHECKING:
    from inference.engine.against_llama import Llama

BACKENDS: tuple[EngineKind, ...] = ("transformers_cb", "generate")
CONCURRENCY = (1, 4, 16)
UNGUESSED = ", no guesses"


class Command(BaseCommand):
    help = "Measure first token, time per token and tokens a second; medians of the rounds. The last line is one JSON object."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--model", default="", help="catalogue name or folder; default: the setting, else the best that is here")
        parser.add_argument("--backend", action="append", choices=BACKENDS, default=[], help="only this one; may be given several times")
        parser.add_argument("--concurrency", action="append", type=int, default=[], help="answers at once; may be given several times")
        parser.add_argument("--new-tokens", type=int, default=48, help="length of each answer (default 48)")
        parser.add_argument("--rounds", type=int, default=3, help="rounds of which the median counts (default 3)")
        parser.add_argument("--precision", choices=["auto", "bf16", "fp32", "int8", "int4"], default="auto")
        parser.add_argument("--cancels", type=int, default=1000, help="size of the storm that promises are measured with (default 1000; 0: none)")
        parser.add_argument("--promises-only", action="store_true", help="no speed; without --model nothing is loaded but a tiny random model")
        parser.add_argument("--against-llama", type=Path, metavar="GGUF", help="only compare with llama-cpp-python (optional) on this file")
        parser.add_argument("--faithful", type=Path, metavar="TEXT", help="only compare --precision with bf16 on the lines of this file")
        parser.add_argument("--out", type=Path, help="one JSON line for each run")
        parser.add_argument("--json", action="store_true", help="print the JSON object only")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["against_llama"]:
            self.stdout.write(json.dumps(self._against_llama(self._folder(options["model"]), options)))
            return
        if options["faithful"]:
            self.stdout.write(json.dumps(self._faithful(self._folder(options["model"]), options)))
            return
        runs: list[Run] = []
        device = ""
        if not options["promises_only"]:
            folder = self._folder(options["model"])
            for backend in options["backend"] or BACKENDS:
                for guesses in (True, False) if backend == "transformers_cb" else (True,):
                    self.stderr.write(f"{backend}{'' if guesses else UNGUESSED}: loading {folder.name}")
                    measured, device = self._measure(backend, folder, options, guesses=guesses)
                    runs += measured
        rows = [asdict(run) for run in runs]
        if options["out"]:
            options["out"].write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        promises = self._promises(options)
        figures = {"runs": rows, "ratios": ratios(runs), "device": device, "promises": promises}
        if not options["json"]:
            self._table([*rows, *promises])
        self.stdout.write(json.dumps(figures))

    def _promises(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        """Of a tiny random model, and of the one that was asked for."""
        from inference.engine.promises import measure_promises, tiny_promises

        if not options["cancels"]:
            return []
        self.stderr.write("promises: a tiny random model")
        found = [tiny_promises(cancels=options["cancels"])]
        if options["model"]:
            folder = self._folder(options["model"])
            self.stderr.write(f"promises: loading {folder.name}")
            engine = self._engine("transformers_cb", folder, options, slots=8)
            try:
                found.append(measure_promises(engine, bench_prompts(), slots=8, cancels=options["cancels"]))
            finally:
                engine.stop()
        return found

    def _measure(self, backend: EngineKind, folder: Path, options: dict[str, Any], *, guesses: bool) -> tuple[list[Run], str]:
        """`generate` answers one after the other: more askers would only wait. Without guesses it is seen what batching alone is worth."""
        wanted = [number for number in options["concurrency"] or CONCURRENCY if number == 1 or backend != "generate"]
        engine = self._engine(backend, folder, options, slots=max(wanted, default=1), guesses=guesses)
        try:
            self.stderr.write(f"{backend}: {', '.join(map(str, wanted))} at once")
            runs = measure(engine, bench_prompts(), wanted, new_tokens=options["new_tokens"], rounds=options["rounds"])
            if not guesses:
                runs = [replace(run, backend=f"{backend}{UNGUESSED}") for run in runs]
            return runs, engine.health().detail
        except AnswerFailed as error:
            raise CommandError(f"{backend}: {error}") from error
        finally:
            engine.stop()

    def _engine(self, backend: EngineKind, folder: Path, options: dict[str, Any], *, slots: int, guesses: bool = True) -> Any:
        """A started one whose answers run to their full length."""
        threads = settings.CSBOT.torch_threads or None
        chosen = EngineOptions(
            slots=slots, threads=threads, precision=options["precision"], is_endless=True, guesses=guesses, warm_prompts=system_prompts()
        )
        engine = build_engine(backend, folder, chosen)
        try:
            engine.start()
        except (ModelMissing, Refused, RuntimeError) as error:
            raise CommandError(str(error)) from error
        return engine

    def _against_llama(self, folder: Path, options: dict[str, Any]) -> dict[str, Any]:
        """As it is shipped; and the ratios without guesses, because the other side makes none here."""
        import torch

        from inference.engine.against_llama import Llama, RivalMissing

        try:
            rival = Llama(options["against_llama"], threads=settings.CSBOT.torch_threads or torch.get_num_threads())
            shipped = self._beside(rival, folder, options, guesses=True)
            plain = self._beside(rival, folder, options, guesses=False)
        except (RivalMissing, AnswerFailed, RuntimeError, ValueError) as error:
            raise CommandError(str(error)) from error
        return {**shipped, "ratios_without_guesses": plain["ratios"]}

    def _beside(self, rival: Llama, folder: Path, options: dict[str, Any], *, guesses: bool) -> dict[str, Any]:
        from inference.engine.against_llama import AT_ONCE, compare, long_prompts
        from inference.engine.text import Renderer

        engine = self._engine("transformers_cb", folder, options, slots=AT_ONCE, guesses=guesses)
        try:
            render = Renderer(_tokenizer(folder))
            figures = compare(engine, rival, long_prompts(), render, new_tokens=options["new_tokens"], rounds=options["rounds"])
            return {**figures, "device": engine.health().detail}
        finally:
            engine.stop()

    def _faithful(self, folder: Path, options: dict[str, Any]) -> dict[str, Any]:
        from inference.engine.loading import Loading, load_model
        from inference.quantization.faithful import compare

        threads = settings.CSBOT.torch_threads or None
        try:
            lines = options["faithful"].read_text(encoding="utf-8").splitlines()
            plain, other = (load_model(folder, Loading(threads, precision)) for precision in ("bf16", options["precision"]))
        except (ModelMissing, RuntimeError, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        texts = [ids for line in lines if len(ids := list(other.tokenizer.encode(line, add_special_tokens=False))) > 1]
        return {**asdict(compare(plain.model, other.model, texts)), "device": other.place}

    def _folder(self, named: str) -> Path:
        from django.core.management import call_command

        named = named or settings.CSBOT.generator
        if named and Path(named).is_dir():
            return Path(named)
        models_dir = Path(settings.CSBOT.models_dir)
        call_command("models", "pull", *([named] if named else []), stdout=self.stderr)
        folder = ladder.model_folder(named, models_dir) if named else ladder.default_generator(models_dir)
        if folder is None:
            raise CommandError(f"no generator is here; run: {ladder.MEND}")
        return folder

    def _table(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            self.stdout.write("  ".join(f"{name} {value}" for name, value in row.items()))


def _tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
