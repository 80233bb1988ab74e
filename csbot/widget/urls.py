"""Addresses of the widget and of the demo shop."""

from __future__ import annotations

from django.urls import path

from csbot.widget import views

urlpatterns = [
    path("widget/loader.js", views.loader, name="widget_loader"),
    path("widget/app/", views.app, name="widget_app"),
    path("widget/look/<slug:key>", views.look, name="widget_look"),
    path("widget/session", views.session, name="widget_session"),
    path("demo/", views.demo, name="demo"),
]
