"""The demo company, published once, behind real workers: what the scenarios are played against."""

from __future__ import annotations

from tests.csbot.conversations.conftest import engine, workers

__all__ = ["engine", "workers"]
