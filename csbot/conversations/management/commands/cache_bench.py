"""`manage.py cache_bench [DIR …]`: what the answer cache serves, on an installation of its own with an empty cache."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from csbot.accounts.models import Site
from csbot.conversations.cache_benching import BenchError, Once, Phrasing, Request, Told, figures, phrasings_of, phrasings_read, published, run
from csbot.demo import content
from csbot.operations.roles import encoder_folder
from csbot.operations.scratch import is_inside, run_inside
from knowledge import facade as knowledge


class Command(BaseCommand):
    help = "Ask real phrasings as often as Zipf's law says; the last line is one JSON object."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folders", nargs="*", type=Path, help="folders with queries.csv and faqs.csv; default: the demo company's own questions")
        parser.add_argument("--requests", type=int, default=20_000, help="for each folder (default 20,000)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--routed", action="store_true", help="let the router decide on the folders' FAQs what the cache does not know")
        parser.add_argument("--out", type=Path, help="one JSON line for each request")
        parser.add_argument("--json", action="store_true", help="print the JSON object only")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["routed"] and not options["folders"]:
            raise CommandError("--routed needs folders with FAQs")
        sets = self._read(options["folders"])
        if not is_inside():
            sys.exit(run_inside("cache_bench", sys.argv[2:], needs_generation=False))
        if options["routed"]:
            knowledge.use_encoder(encoder_folder())
        site = Site.objects.get(key="demo")
        found: dict[str, list[Request]] = {}
        for folder, phrasings in sets.items():
            name = folder.name
            self.stderr.write(f"{name}: {len(phrasings)} phrasings")
            opened = Once(published(site, folder)) if options["routed"] else Told(f"bench {name}", phrasings)
            found[name] = run(site, opened, phrasings, options["requests"], options["seed"])
        if options["out"]:
            _write(options["out"], found)
        told = figures([request for requests in found.values() for request in requests])
        told |= {"phrasings": sum(map(len, sets.values())), "seed": options["seed"]}
        told["sets"] = {name: figures(requests) for name, requests in found.items()}
        if not options["json"]:
            for key, value in told.items():
                self.stdout.write(f"{key:12} {value}")
        self.stdout.write(json.dumps(told, ensure_ascii=False))

    def _read(self, folders: list[Path]) -> dict[Path, list[Phrasing]]:
        try:
            return {folder: phrasings_read(folder) for folder in folders} or {Path("demo"): phrasings_of(content.faqs())}
        except BenchError as error:
            raise CommandError(str(error)) from error


def _write(path: Path, found: dict[str, list[Request]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for name, requests in found.items():
            for number, request in enumerate(requests, 1):
                told = {"text": request.phrasing.text, "tier": request.tier, "right": request.is_right, "ms": round(request.ms, 3)}
                file.write(json.dumps({"id": f"{name}:{number}", **told}, ensure_ascii=False) + "\n")
