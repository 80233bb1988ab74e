"""API keys in the back office: made, shown once, revoked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from csbot.accounts.owned import OwnedAdmin, OwnRows
from csbot.api.keys import key_create
from csbot.api.models import SCOPES, ApiKey
from csbot.lib.clock import now

WORDS = {
    "chat": _("ask the bot"),
    "desk.read": _("read conversations"),
    "desk.act": _("act in conversations"),
    "knowledge.read": _("read FAQs and articles"),
    "knowledge.edit": _("change and publish FAQs and articles"),
    "reports.read": _("read reports"),
}


class KeyForm(forms.ModelForm):  # type: ignore[type-arg]
    scopes = forms.MultipleChoiceField(label=_("may"), choices=[(scope, WORDS[scope]) for scope in SCOPES], widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = ApiKey
        fields = ("company", "name", "scopes", "site", "expiry")
        labels = {"expiry": _("valid until")}
        help_texts = {"expiry": _("Empty: until it is revoked.")}

    def clean_expiry(self) -> Any:
        expiry = self.cleaned_data["expiry"]
        if expiry and expiry <= now():
            raise forms.ValidationError(_("This moment has passed."))
        return expiry


@admin.register(ApiKey)
class ApiKeyAdmin(OwnedAdmin):
    form = KeyForm
    list_display = ("name", "may", "site", "created", "expiry", "last_used")
    list_filter = (("company", OwnRows),)
    search_fields = ("name",)
    site_path = "site"

    @admin.display(description=_("may"))
    def may(self, key: ApiKey) -> str:
        return ", ".join(str(WORDS.get(scope, scope)) for scope in key.scopes)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What a key may do is settled when it is made; another one is made soon."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        made, key = key_create(company=obj.company, name=obj.name, scopes=form.cleaned_data["scopes"], site=obj.site, expires=obj.expiry)
        obj.digest, obj.user, obj.token_key, obj.created = made.digest, made.user, made.token_key, made.created
        told = gettext("This is the key. It is shown this once; keep it where secrets are kept:")
        messages.success(request, format_html("{} <code>{}</code>", told, key))
