"""Sockets are opened by our own pages only: the widget runs in our iframe, so its Origin is our own host. Missing means refused.

Who may embed the iframe is another question, answered by `frame-ancestors` (csbot.widget).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

log = logging.getLogger(__name__)


class OwnOriginOnly:
    def __init__(self, inner: Callable[..., Awaitable[None]]) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if is_own_origin(dict(scope.get("headers", []))):
            await self.inner(scope, receive, send)
            return
        log.warning("socket refused: foreign or missing Origin")
        await receive()
        await send({"type": "websocket.close", "code": 4403})


def is_own_origin(headers: dict[bytes, bytes]) -> bool:
    """Origin is one of ours: the configured public address, or the very host that the request was sent to and that we answer to."""
    try:
        origin = headers[b"origin"].decode("ascii")
        host = headers.get(b"host", b"").decode("ascii")
        parts = urlsplit(origin)
    except (KeyError, UnicodeDecodeError, ValueError):
        return False
    if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
        return False
    if settings.CSBOT.public_url and origin == settings.CSBOT.public_url.rstrip("/"):
        return True
    if origin != f"{parts.scheme}://{host}":
        return False
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
