"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from csbot.reports import views

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/items/", views.items, name="report_items"),
    path("reports/waits/", views.waits, name="report_waits"),
    path("reports/csv/", views.export, name="report_csv"),
    path("engine/", views.engine, name="engine"),
]
