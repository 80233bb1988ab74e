"""How answers are made. Starting Django loads no model: the generation worker does that itself."""

from __future__ import annotations

from django.apps import AppConfig


class InferenceConfig(AppConfig):
    name = "inference"
    verbose_name = "Inference"
