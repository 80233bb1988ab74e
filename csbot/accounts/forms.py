"""Forms of the people of a company."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from csbot.accounts.models import Agent, User
from csbot.accounts.people import is_last_administrator


class AgentForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person and their place in the company, in one form: whoever is new gets a user, and a link to choose a password."""

    username = forms.CharField(label=_("name to sign in with"), max_length=150, validators=[UnicodeUsernameValidator()])
    is_active = forms.BooleanField(label=_("may sign in"), required=False, initial=True)

    class Meta:
        model = Agent
        fields = ("company", "display_name", "role", "sites", "capacity", "is_available")
        help_texts = {"sites": _("None chosen: all sites of the company.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.user_id:
            self.fields["username"].initial = self.instance.user.username
            self.fields["is_active"].initial = self.instance.user.is_active

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        known = User.objects.filter(username__iexact=name).exclude(pk=self.instance.user_id).first()
        if known is None or (self.instance.user_id is None and known.is_superuser and not hasattr(known, "agent")):
            return name
        raise ValidationError(_("Somebody signs in with this name already. Choose another."))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        steps_down = cleaned.get("role") != Agent.Role.ADMIN or not cleaned.get("is_active")
        if self.instance.pk and steps_down and is_last_administrator(self.instance):
            raise ValidationError(_("This is the company's last administrator. Make somebody else an administrator first."))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        name, is_active = self.cleaned_data["username"], self.cleaned_data["is_active"]
        user = self.instance.user if self.instance.user_id else User.objects.filter(username=name).first() or User(username=name)
        user.username, user.is_active = name, is_active
        if user.pk is None:
            user.set_unusable_password()
        user.save()
        self.instance.user = user
        return super().save(commit)
