"""Visitor sessions: a signed token that names company, site, visitor (and who they are, where the company said so) and expiry.

Nothing is stored for it. Kept by the widget in the iframe's own storage, sent in the first frame or a header, never in an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django.core import signing

from csbot.accounts.models import Site
from csbot.conversations.errors import NotYours, SessionInvalid, SiteOff
from csbot.conversations.identity import Identity
from csbot.lib.ids import new_id

LIFETIME = timedelta(hours=24)
SALT = "csbot.visitor-session"


@dataclass(frozen=True, slots=True)
class VisitorSession:
    company_id: UUID
    site_id: UUID
    visitor_id: UUID
    identity: Identity | None = None

    def token(self) -> str:
        claims: dict[str, Any] = {"c": str(self.company_id), "s": str(self.site_id), "v": str(self.visitor_id)}
        if self.identity:
            claims["i"] = [self.identity.id, self.identity.name, self.identity.email]
        return signing.dumps(claims, salt=SALT, compress=False)


def session_read(token: str) -> VisitorSession:
    """Raises SessionInvalid for anything but a fresh token of ours."""
    try:
        claims = signing.loads(token, salt=SALT, max_age=LIFETIME)
        identity = Identity(*claims["i"]) if "i" in claims else None
        return VisitorSession(UUID(claims["c"]), UUID(claims["s"]), UUID(claims["v"]), identity)
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise SessionInvalid from error


def site_by_key(key: str) -> Site:
    """The active site of a public key; raises NotYours."""
    # What is not printable (NUL, which PostgreSQL refuses, or a lone surrogate) is no key.
    site = Site.objects.select_related("company").filter(key=key, is_active=True).first() if key.isprintable() else None
    if site is None:
        raise NotYours
    return site


def site_of_session(session: VisitorSession) -> Site:
    """The site that the session is for; raises SessionInvalid where it is gone, SiteOff where it was switched off."""
    site = Site.objects.filter(pk=session.site_id, company_id=session.company_id).first()
    if site is None:
        raise SessionInvalid
    return site_open(site)


def site_open(site: Site) -> Site:
    """Raises SiteOff where it was switched off."""
    if not site.is_active:
        raise SiteOff
    return site


def session_new(site: Site) -> VisitorSession:
    return VisitorSession(site.company_id, site.pk, new_id())


def session_known(site: Site, identity: Identity) -> VisitorSession:
    """The same visitor whenever and wherever the same person comes: the id is made from the site's and theirs (RFC 9562, version 5)."""
    return VisitorSession(site.company_id, site.pk, uuid5(site.pk, identity.id), identity)
