"""The web process: HTTP through Django, websockets through Channels, with the Origin checked on every socket route."""

from __future__ import annotations

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csbot.settings")
http = get_asgi_application()

# Models load only after get_asgi_application().
from csbot.conversations.origin import OwnOriginOnly  # noqa: E402 - after the models
from csbot.routing import websocket_routes  # noqa: E402 - after the models

application = ProtocolTypeRouter({"http": http, "websocket": OwnOriginOnly(URLRouter(websocket_routes))})  # type: ignore[arg-type]
