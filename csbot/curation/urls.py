"""Addresses of the editors' list."""

from __future__ import annotations

from django.urls import path

from csbot.curation import views

urlpatterns = [
    path("unanswered/", views.unanswered, name="unanswered"),
    path("unanswered/<str:language>/<str:digest>/", views.question, name="unanswered_question"),
]
