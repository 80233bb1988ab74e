"""How people sign in: django-allauth with an authenticator app for those who want it. Nobody signs up; people are invited.

Knows allauth's hooks; knows no role. No mail is sent from here: an installation works without a mail server.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy

from csbot.accounts.audit import audit_write
from csbot.accounts.models import Agent


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Changes of a password or of an authenticator are in the audit log instead."""


class Invitation(PasswordResetConfirmView):
    """Where somebody chooses a password by a link. Whoever has an authenticator app signs in with it afterwards; the others are in at once."""

    template_name = "account/invitation.html"
    success_url = reverse_lazy("desk")

    def form_valid(self, form: Any) -> HttpResponse:
        self.post_reset_login = not is_mfa_enabled(self.user)
        response = super().form_valid(form)
        agent = Agent.objects.filter(user=self.user).first()
        if agent:
            audit_write(company_id=agent.company_id, who=agent.user, action="password_chosen", request=self.request)
        return response
