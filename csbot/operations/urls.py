"""Addresses of the operator's pages."""

from __future__ import annotations

from django.urls import path

from csbot.operations import views

urlpatterns = [
    path("", views.home, name="home"),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("setup/<str:token>/", views.setup, name="setup"),
]
