"""How people sign in: django-allauth with an authenticator app for those who want it. Nobody signs up; people are invited.

Knows allauth's hooks; knows no role. No mail is sent from here: an installation works without a mail server.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Changes of a password or of an authenticator are in the audit log instead."""
