"""The form of the first administrator."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import UserCreationForm

from csbot.accounts.models import User


class FirstAdministratorForm(UserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("username", "email")

    def save(self, commit: bool = True) -> Any:
        self.instance.is_staff = self.instance.is_superuser = True
        return super().save(commit)
