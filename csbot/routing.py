"""Websocket routes. Every one stands behind the Origin check of csbot.asgi."""

from __future__ import annotations

from django.urls import path

from csbot.conversations.consumers import VisitorConsumer

websocket_routes = [path("ws/visitor/", VisitorConsumer.as_asgi())]  # type: ignore[arg-type]
