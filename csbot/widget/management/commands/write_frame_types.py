"""`manage.py write_frame_types`: the widget's frames.ts from events.py."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from csbot.widget.frametypes import PATH, frames_as_typescript


class Command(BaseCommand):
    help = "Write the TypeScript types of the wire."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        PATH.write_text(frames_as_typescript(), encoding="utf-8")
