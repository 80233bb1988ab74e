"""Engines: one interface (`inference.contracts.Engine`), several ways to make an answer."""

from __future__ import annotations
