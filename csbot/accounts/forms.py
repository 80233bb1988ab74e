"""Forms of the people of a company."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from csbot.accounts.models import Agent, User
from csbot.accounts.people import HOLDER, is_last_administrator, is_operator


class AgentForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person and their place in the company, in one form: whoever is new gets a user, and a link to choose a password."""

    by_operator = False  # who fills the form in; set by the page

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

    @property
    def _is_above(self) -> bool:
        """Whoever runs the installation is not changed by a company's administrator."""
        return bool(self.instance.user_id and is_operator(self.instance.user) and not self.by_operator)

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        known = User.objects.filter(username__iexact=name).exclude(pk=self.instance.user_id).first()
        if self._is_above and name != self.instance.user.username:
            raise ValidationError(_("This person runs the installation. Only somebody who does may change their name."))
        if name.lower().startswith(HOLDER):
            raise ValidationError(_("Names that begin with %(prefix)s are those of programs. Choose another.") % {"prefix": HOLDER})
        is_free = known is not None and self.by_operator and self.instance.user_id is None and not hasattr(known, "agent")
        if known is None or is_free:
            return name
        raise ValidationError(_("Somebody signs in with this name already. Choose another."))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self._is_above and not cleaned.get("is_active"):
            raise ValidationError(_("This person runs the installation. Only somebody who does may switch them off."))
        steps_down = cleaned.get("role") != Agent.Role.ADMIN or not cleaned.get("is_active")
        if self.instance.pk and steps_down and is_last_administrator(self.instance):
            raise ValidationError(_("This is the company's last administrator. Make somebody else an administrator first."))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        name, is_active = self.cleaned_data["username"], self.cleaned_data["is_active"]
        user = self.instance.user if self.instance.user_id else User.objects.filter(username__iexact=name).first() or User(username=name)
        user.username, user.is_active = name, is_active
        if user.pk is None:
            user.set_unusable_password()
        user.save()
        self.instance.user = user
        return super().save(commit)
