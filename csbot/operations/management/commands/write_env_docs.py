"""`manage.py write_env_docs`: .env.example and the README's table of settings, from csbot.env."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from csbot.env import BASE_DIR
from csbot.operations.env_docs import READMES, env_example, with_table


class Command(BaseCommand):
    help = "Write .env.example and the table of settings in the README."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        (BASE_DIR / ".env.example").write_text(env_example(), encoding="utf-8")
        for name, language in READMES.items():
            path = BASE_DIR / name
            path.write_text(with_table(path.read_text(encoding="utf-8"), language), encoding="utf-8")
