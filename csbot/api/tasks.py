"""The Celery door into completions by the engine alone. An id in, nothing out."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="api.complete", expires=60)
def complete(key: str) -> None:
    from csbot.api.completing import complete as work

    work(key)
