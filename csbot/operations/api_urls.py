"""Addresses of `/api/v1` that belong to the operator: the health of the installation."""

from __future__ import annotations

from django.urls import path

from csbot.operations.api import HealthView

urlpatterns = [path("health", HealthView.as_view(), name="api_health")]
