"""Who becomes a member of a company without being invited: the administrator of an installation with one company."""

from __future__ import annotations

from csbot.accounts.models import Agent, Company, User


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
