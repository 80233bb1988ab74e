"""`manage.py seed_demo`: the demo company in this installation's database."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from csbot.demo.seeding import seed
from csbot.operations.roles import encoder_folder
from knowledge import facade as knowledge


class Command(BaseCommand):
    help = "Create the demo company, or make it equal to its files again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--publish", action="store_true", help="build and publish here and now instead of leaving it to the background worker")

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.monotonic()
        seeded = seed()
        self._say(f"site {seeded.site.key}: {'written' if seeded.changed else 'unchanged'}", start)
        if not seeded.needs_publishing:
            return
        if not options["publish"]:
            self._say("visitors do not see it yet: publish with --publish, or start with `manage.py up --demo`", start)
            return
        knowledge.use_encoder(encoder_folder())
        knowledge.build_and_publish(seeded.knowledge_base, actor="demo")
        self._say("published", start)

    def _say(self, what: str, start: float) -> None:
        self.stdout.write(f"{what} ({time.monotonic() - start:.1f} s)")
