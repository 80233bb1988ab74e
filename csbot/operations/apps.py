"""The operations app."""

from __future__ import annotations

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "csbot.operations"
    label = "operations"

    def ready(self) -> None:
        from csbot.lib.logs import log_broken_threads

        log_broken_threads()
