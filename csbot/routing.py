"""Websocket routes. Every one stands behind the Origin check of csbot.asgi."""

from __future__ import annotations

from channels.sessions import CookieMiddleware
from django.urls import path

from csbot.conversations.consumers import VisitorConsumer
from csbot.dashboard.consumers import DeskConsumer

websocket_routes = [
    path("ws/visitor/", VisitorConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/desk/", CookieMiddleware(DeskConsumer.as_asgi())),
]
