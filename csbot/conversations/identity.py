"""Who a visitor is, as the company's own server vouches for it: a JSON Web Token (RFC 7519) signed with the site's secret, HS256.

Without one a visitor is a stranger with a number. Knows the site's secret; no rows of visitors.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Literal

import jwt

from csbot.accounts.models import Site
from csbot.lib.sealed import seal, unseal

MAX_ID, MAX_NAME, MAX_EMAIL = 200, 100, 254
CLOCKS_DIFFER_S = 30
Problem = Literal["", "no_secret", "expired", "invalid", "no_id"]


@dataclass(frozen=True, slots=True)
class Identity:
    """`id` is the company's own number for this person; name and e-mail address are for the agents' eyes."""

    id: str
    name: str = ""
    email: str = ""


class IdentityRefused(Exception):
    """`code` says why, for the developer of the host page: no_secret, expired, invalid, no_id."""

    def __init__(self, code: Problem) -> None:
        super().__init__(code)
        self.code: Problem = code


def identity_read(site: Site, token: str, *, may_be_old: bool = False) -> Identity:
    """Claims: `sub` (the id) and `exp`, with `name` and `email` where they are known. Raises IdentityRefused.

    `may_be_old` lets an expired token pass that is otherwise good: it proves who somebody was, not that they still are.
    """
    secret = unseal(site.sealed_identity_secret)
    if not secret:
        raise IdentityRefused("no_secret")
    options: Any = {"require": ["exp", "sub"], "verify_exp": not may_be_old}
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], leeway=CLOCKS_DIFFER_S, options=options)
    except jwt.ExpiredSignatureError as error:
        raise IdentityRefused("expired") from error
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise IdentityRefused("invalid") from error
    known = Identity(_text(claims.get("sub"), MAX_ID), _text(claims.get("name"), MAX_NAME), _text(claims.get("email"), MAX_EMAIL))
    if not known.id:
        raise IdentityRefused("no_id")
    return known


def _text(value: Any, limit: int) -> str:
    """What cannot be shown or stored, or is too long to be a name, counts as missing."""
    return value.strip() if isinstance(value, str) and value.isprintable() and len(value.strip()) <= limit else ""


def identity_secret_renew(site: Site) -> None:
    """What the old secret signed is good no longer."""
    site.sealed_identity_secret = seal(secrets.token_urlsafe(32))
    site.save(update_fields=["sealed_identity_secret"])
