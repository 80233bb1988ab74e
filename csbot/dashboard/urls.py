"""Pages of the agents' desk."""

from __future__ import annotations

from django.urls import path

from csbot.dashboard import views

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/<path:path>", views.desk, name="desk_place"),
    path("demo/side/", views.side_by_side, name="side_by_side"),
]
