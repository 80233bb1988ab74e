"""Authentication by key, for REST and the OpenAI-compatible door alike; and how a key is made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from csbot.accounts.models import Company, Site, User
from csbot.accounts.people import HOLDER
from csbot.api.models import ApiKey
from csbot.lib.clock import now


class KeyAuthentication(TokenAuthentication):
    """`Authorization: Bearer <key>`; leaves the key in `request.auth`, whose `caller()` says what it may do."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiKey]:
        try:
            user, key = super().authenticate_credentials(token)
        except UnicodeDecodeError as error:
            raise AuthenticationFailed from error
        key.seen()
        return user, key


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "csbot.api.keys.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key of your company, made in the administration."}


def key_create(
    *, company: Company, name: str, scopes: Sequence[str], site: Site | None = None, expires: datetime | None = None
) -> tuple[ApiKey, str]:
    """The row, and the key itself, which is told this once."""
    lifetime: timedelta | None = expires - now() if expires else None
    fields = {"company": company, "name": name, "scopes": sorted(scopes), "site": site}
    key, told = ApiKey.objects.create(user=_holder(company), expiry=lifetime, **fields)
    return key, told


def _holder(company: Company) -> User:
    """Keys hang on a user, as the library wants it: one for each company, as whom nobody can sign in."""
    user, is_new = User.objects.get_or_create(username=f"{HOLDER}{company.pk.hex}")
    if is_new:
        user.set_unusable_password()
        user.save()
    return user
