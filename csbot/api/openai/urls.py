"""Addresses of the OpenAI-compatible door."""

from __future__ import annotations

from django.urls import path

from csbot.api.openai import views

urlpatterns = [
    path("models", views.models, name="openai_models"),
    path("chat/completions", views.completions, name="openai_completions"),
]
