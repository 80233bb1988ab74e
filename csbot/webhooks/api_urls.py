"""Addresses of `/api/v1` that belong to csbot.webhooks."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
