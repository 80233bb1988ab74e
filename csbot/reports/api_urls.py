"""Addresses of the reports' API."""

from __future__ import annotations

from django.urls import path

from csbot.reports import api

urlpatterns = [path("reports/<str:figure>", api.ReportView.as_view(), name="api_report")]
