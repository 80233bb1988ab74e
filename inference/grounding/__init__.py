"""Grounding: what an answer may claim. Rules only; no model, no framework."""

from __future__ import annotations
