"""Webhooks in the back office: made, with the secret to copy, tried out, and what became of each delivery."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from csbot.accounts.owned import OwnedAdmin, OwnRows
from csbot.lib.outbound import may_be_reached
from csbot.lib.sealed import seal, unseal
from csbot.webhooks.models import NAMES, Delivery, Endpoint
from csbot.webhooks.sending import new_secret, secret_renew, send_again
from csbot.webhooks.telling import tell_test

WORDS = {
    "conversation.opened": _("a conversation was opened"),
    "message.created": _("somebody wrote"),
    "conversation.handed_over": _("a person was called"),
    "conversation.closed": _("a conversation was closed"),
    "conversation.rated": _("an answer was rated"),
    "question.unanswered": _("a question was not answered"),
}


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    events = forms.MultipleChoiceField(
        label=_("events"),
        choices=[(name, format_lazy("{} ({})", WORDS[name], name)) for name in NAMES],
        widget=forms.CheckboxSelectMultiple,
        initial=NAMES,
    )

    class Meta:
        model = Endpoint
        fields = ("company", "url", "site", "events", "is_active")

    def clean_url(self) -> str:
        """What would never be reached is refused now; a name is looked up when something is sent to it."""
        url: str = self.cleaned_data["url"]
        if not may_be_reached(url, settings.CSBOT.outbound_allow):
            raise forms.ValidationError(_("This address is not public. Whoever runs the installation can allow it (CSBOT_OUTBOUND_ALLOW)."))
        return url


@admin.register(Endpoint)
class EndpointAdmin(OwnedAdmin):
    form = EndpointForm
    list_display = ("url", "site", "is_active", "failing_since", "disabled_because")
    list_filter = ("is_active", ("company", OwnRows))
    readonly_fields = ("secret", "failing_since", "disabled_because")
    actions = ("send_test", "renew_secret")
    site_path = "site"

    @admin.display(description=_("secret"))
    def secret(self, endpoint: Endpoint) -> SafeString | str:
        if not endpoint.sealed_secret:
            return gettext("It is made when you save.")
        unreadable = gettext("It cannot be read with this installation's key. Make a new one.")
        return format_html("<code>{}</code>", unseal(endpoint.sealed_secret) or unreadable)

    def save_model(self, request: HttpRequest, obj: Endpoint, form: Any, change: bool) -> None:
        if not obj.sealed_secret:
            obj.sealed_secret = seal(new_secret())
        if obj.is_active:
            obj.disabled_because, obj.failing_since = "", None
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Send a test event"), permissions=["change"])
    def send_test(self, request: HttpRequest, chosen: QuerySet[Endpoint]) -> None:
        for endpoint in chosen:
            tell_test(endpoint)
            self._audit(request, endpoint, "test_sent")
        messages.success(request, gettext("A test event is on its way. The deliveries show what became of it."))

    @admin.action(description=_("Make a new secret (the old one signs along for a day)"), permissions=["change"])
    def renew_secret(self, request: HttpRequest, chosen: QuerySet[Endpoint]) -> None:
        for endpoint in chosen:
            secret_renew(endpoint)
            self._audit(request, endpoint, "secret_renewed")
        messages.success(request, gettext("Open the webhook to copy its new secret."))


@admin.register(Delivery)
class DeliveryAdmin(OwnedAdmin):
    company_path = "endpoint__company"
    site_path = "endpoint__site"
    read_only = True
    list_display = ("created", "event", "endpoint", "state", "status", "attempts", "next_at", "ms")
    list_filter = ("state", "event")
    readonly_fields = ("endpoint", "event", "state", "attempts", "next_at", "status", "reply", "ms", "created", "tried", "body")
    actions = ("again",)
    list_select_related = ("endpoint",)

    @admin.action(description=_("Send again"), permissions=["view"])
    def again(self, request: HttpRequest, chosen: QuerySet[Delivery]) -> None:
        for delivery in chosen:
            send_again(delivery)
            self._audit(request, delivery, "sent_again")
        messages.success(request, gettext("They are sent again at once."))
