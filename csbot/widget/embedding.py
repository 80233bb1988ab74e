"""Who may show the chat on their pages: `frame-ancestors` from the site's allowed origins. An empty list means nobody but us."""

from __future__ import annotations

import re

from csp.constants import SELF
from django.http import HttpResponse

from csbot.accounts.models import Site

_ORIGIN = re.compile(r"https?://(?:\*\.)?[a-z0-9.-]+(?::\d{1,5})?", re.IGNORECASE)


def frame_ancestors(site: Site) -> list[str]:
    """Only what is an origin: anything else could close the directive and open another."""
    return [SELF, *(origin for origin in site.allowed_origins if isinstance(origin, str) and _ORIGIN.fullmatch(origin))]


def allow_embedding(response: HttpResponse, site: Site) -> HttpResponse:
    response._csp_replace = {"frame-ancestors": frame_ancestors(site)}  # type: ignore[attr-defined]
    return response
