"""The clock's doors into webhooks: what is due is sent, what is old is forgotten."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="webhooks.deliver", expires=5)
def deliver() -> None:
    from csbot.webhooks.dispatching import due_start

    due_start()


@shared_task(name="webhooks.forget", expires=3600)
def forget() -> None:
    from csbot.webhooks.sending import forget_old

    forget_old()
