"""How people become members of a company: by a link that lets them choose a password once, or as the first administrator."""

from __future__ import annotations

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from csbot.accounts.models import Agent, Company, User

HOLDER = "api@"  # begins the names of the users that a company's keys hang on; no person's name does


def administrator_join(user: User) -> Agent | None:
    """Makes the administrator a member of the only company, so that the desk is theirs as well. None where it is not clear which."""
    companies = list(Company.objects.all()[:2])
    if len(companies) != 1 or Agent.objects.filter(user=user).exists():
        return None
    return Agent.objects.create(company=companies[0], user=user, role=Agent.Role.ADMIN, display_name=user.first_name or user.username)


def administrators_join() -> None:
    """For administrators who were there before their company was."""
    for user in User.objects.filter(is_superuser=True, is_active=True, agent=None):
        administrator_join(user)


def invitation_path(user: User) -> str:
    """Where they choose a password: good until it is used, at most for settings.PASSWORD_RESET_TIMEOUT."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("invitation", args=[key, default_token_generator.make_token(user)])


def is_operator(user: User) -> bool:
    """Whoever runs the installation, beyond any company."""
    return user.is_superuser or user.is_staff


def is_last_administrator(agent: Agent) -> bool:
    others = Agent.objects.filter(company=agent.company_id, role=Agent.Role.ADMIN, user__is_active=True).exclude(pk=agent.pk)
    was_one = Agent.objects.filter(pk=agent.pk, role=Agent.Role.ADMIN, user__is_active=True).exists()
    return was_one and not others.exists()
