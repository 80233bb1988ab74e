"""Visitor sessions: a signed token that names company, site, visitor and expiry. Nothing is stored for it.

Kept by the widget in the iframe's own storage, sent in the first frame or a header, never in an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core import signing

from csbot.accounts.models import Site
from csbot.conversations.errors import NotYours, SessionInvalid, SiteOff
from csbot.lib.ids import new_id

LIFETIME = timedelta(hours=24)
SALT = "csbot.visitor-session"


@dataclass(frozen=True, slots=True)
class VisitorSession:
    company_id: UUID
    site_id: UUID
    visitor_id: UUID

    def token(self) -> str:
        claims = {"c": str(self.company_id), "s": str(self.site_id), "v": str(self.visitor_id)}
        return signing.dumps(claims, salt=SALT, compress=False)


def session_read(token: str) -> VisitorSession:
    """Raises SessionInvalid for anything but a fresh token of ours."""
    try:
        claims = signing.loads(token, salt=SALT, max_age=LIFETIME)
        return VisitorSession(UUID(claims["c"]), UUID(claims["s"]), UUID(claims["v"]))
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
    if not site.is_active:
        raise SiteOff
    return site


def session_open(*, site_key: str, token: str = "") -> VisitorSession:
    """A session for a site: the one of the token where it is still good for it, else a new visitor (without a row yet)."""
    site = site_by_key(site_key)
    if token:
        try:
            session = session_read(token)
        except SessionInvalid:
            session = None
        if session and session.site_id == site.pk:
            return session
    return VisitorSession(site.company_id, site.pk, new_id())
