"""A Celery worker of one role: load, consume with threads, stop. One process each, no prefork (models are not forked)."""

from __future__ import annotations

from celery.signals import worker_shutdown
from django.conf import settings

from csbot.celery import app
from csbot.lib.kept import keep_connections
from csbot.operations import roles
from inference import facade as inference

START = {"answers": roles.start_answers, "generation": roles.start_generation, "background": roles.start_background}


def threads_of(role: str) -> int:
    if role == "answers":
        return int(settings.CSBOT.answer_threads)
    if role == "generation":
        return int(settings.CSBOT.generation_slots) + 2  # two that find the engine full and say so
    return 4


def run(role: str) -> None:
    """Returns when the worker was asked to stop and its running tasks have ended."""
    keep_connections(app)
    START[role]()
    if role == "generation":
        worker_shutdown.connect(_stop_engine, weak=False)
    app.worker_main([
        *("worker", "--pool", "threads", "--concurrency", str(threads_of(role))),
        *("--queues", role, "--hostname", f"{role}@%h", "--loglevel", "WARNING"),
        *("--without-gossip", "--without-mingle"),
    ])


def _stop_engine(**_: object) -> None:
    inference.stop_engine()
