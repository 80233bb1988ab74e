"""Addresses of `/api/v1` that belong to csbot.api."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
