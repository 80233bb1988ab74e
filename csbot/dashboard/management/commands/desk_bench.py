"""`manage.py desk_bench`: what the desk's pages cost with many conversations. On a scratch database of DATABASE_URL's server, or SQLite."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from csbot.dashboard.benching import measure, populate


class Command(BaseCommand):
    help = "Measure inbox, search, a conversation and the reports with 10,000 conversations and 100,000 messages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--conversations", type=int, default=10_000)
        parser.add_argument("--messages", type=int, default=100_000)
        parser.add_argument("--repeats", type=int, default=40)
        parser.add_argument("--json", action="store_true", help="only the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        try:
            user, conversation = populate(options["conversations"], options["messages"])
            costs = dict(measure(user, conversation, options["repeats"]))
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)
        if not options["json"]:
            for page, cost in costs.items():
                self.stdout.write(f"{page:16} {cost.queries:3} queries  p50 {cost.p50_ms:7.1f} ms  p95 {cost.p95_ms:7.1f} ms")
        told = {"database": connection.vendor, "conversations": options["conversations"], "messages": options["messages"]}
        self.stdout.write(json.dumps({**told, "pages": {page: asdict(cost) for page, cost in costs.items()}}))
