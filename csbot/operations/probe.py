"""How a running installation says it is: the body of its /readyz. Knows an address; nothing of processes."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any


def readiness_at(address: str, timeout_s: float = 5) -> dict[str, Any]:
    """Empty while nobody answers."""
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=timeout_s) as answer:  # noqa: S310 - our own address
            body: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        return _body_of(error)
    except (OSError, ValueError):
        return {}
    return body


def _body_of(error: urllib.error.HTTPError) -> dict[str, Any]:
    """503 carries a body of ours; another program's error page does not."""
    try:
        body: dict[str, Any] = json.load(error)
    except ValueError:
        return {}
    return body
