"""The Celery doors into the pipeline. Ids in, nothing out."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="conversations.answer_turn")
def answer_turn(turn_id: str) -> None:
    from csbot.conversations.answering import turn_answer

    turn_answer(turn_id)


@shared_task(name="conversations.generate_turn")
def generate_turn(turn_id: str, attempt: int) -> None:
    from csbot.conversations.generating import turn_generate

    turn_generate(turn_id, attempt)


@shared_task(name="conversations.check_cached")
def check_cached(turn_id: str) -> None:
    from csbot.conversations.shadowing import cached_check

    cached_check(turn_id)


@shared_task(name="conversations.sweep", expires=10)
def sweep() -> None:
    from csbot.conversations.sweeper import sweep_once

    sweep_once()
