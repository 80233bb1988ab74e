"""What whoever runs the product has to know on every admin page: that answers beyond the FAQs are off, and how to mend it."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from csbot.lib.status import generation_status


def banner(request: HttpRequest) -> dict[str, str]:
    """A template context for the admin and the front page; empty while all is well."""
    if not (request.path == "/" or request.path.startswith("/admin/")):
        return {}
    status = generation_status()
    if status.state == "ready":
        return {}
    if status.state == "loading":
        return {"banner": _("The model is being loaded; until then only FAQs are answered.")}
    return {"banner": _("FAQs only: there is no generator (%(why)s). Mend it with: python manage.py models pull") % {"why": status.detail}}
