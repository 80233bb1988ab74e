"""The addresses that `up` prints, and the one-time link for the first administrator."""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext as _

from csbot.accounts.models import SetupLink


def links_of(address: str, *, is_demo: bool) -> list[tuple[str, str]]:
    try:
        links = [(_("demo shop with widget"), f"{address}/demo/"), (_("visitor and agent side by side"), f"{address}/demo/side/")] if is_demo else []
        links.append((_("agents' desk"), f"{address}/desk/"))
        links.append((_("admin"), f"{address}/admin/"))
        if token := setup_token():
            links.append((_("first administrator"), f"{address}/setup/{token}/  " + _("(works once)")))
        links.append((_("state"), f"{address}/readyz"))
        return links
    finally:
        connections.close_all()


def setup_token() -> str | None:
    """A fresh token while there is no administrator; older ones end. None where there is one."""
    if get_user_model().objects.filter(is_superuser=True).exists():
        return None
    token = secrets.token_urlsafe(24)
    SetupLink.objects.filter(used=None).delete()
    SetupLink.objects.create(digest=digest_of(token))
    path = settings.DATA_DIR / "setup_link"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"/setup/{token}/\n")
    return token


def open_link(token: str) -> SetupLink | None:
    """None for a wrong or used one, and for any once there is an administrator, however they came to be one."""
    if get_user_model().objects.filter(is_superuser=True).exists():
        return None
    return SetupLink.objects.filter(digest=digest_of(token), used=None).first()


def use_link(link: SetupLink) -> bool:
    """True for one caller only."""
    return SetupLink.objects.filter(pk=link.pk, used=None).update(used=timezone.now()) == 1


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
