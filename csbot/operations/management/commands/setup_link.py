"""`manage.py setup_link`: a fresh one-time link for the first administrator; the older one ends."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from csbot.operations.links import setup_token


class Command(BaseCommand):
    help = "Print a new one-time link for the first administrator."

    @translation.override(settings.OPERATORS_LANGUAGE)
    def handle(self, *args: Any, **options: Any) -> None:
        token = setup_token()
        if token is None:
            raise CommandError(_("There is an administrator already; reset a password with `manage.py changepassword NAME`."))
        self.stdout.write(f"/setup/{token}/")
