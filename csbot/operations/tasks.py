"""The operator's tasks. Nothing in, nothing out."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="operations.canary", queue="answers", expires=5)
def canary() -> None:
    """Says that `answers` works, after it was shown to: silence means down."""
    from csbot.lib.status import status_write
    from csbot.operations.roles import answers_canary

    status_write("answers", answers_canary())


@shared_task(name="operations.carry_over", expires=5)
def carry_over() -> None:
    """What SQLite has logged, into its file."""
    from csbot.lib.sqlite import log_carry_over

    log_carry_over()
