"""Doors for programs: keys, errors, pages of results, and the OpenAI-compatible endpoint."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "csbot.api"
    label = "api"
