"""The product: people, conversations, screens. Stands on `knowledge` and `inference`, which know nothing of it."""

from __future__ import annotations

from csbot.celery import app as celery_app

__all__ = ["celery_app"]
