"""Websocket routes. Every one stands behind the Origin check of csbot.asgi."""

from __future__ import annotations

from typing import Any

websocket_routes: list[Any] = []
