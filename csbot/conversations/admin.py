"""Conversations in Django's admin, to read: what was said, which way each turn went, and why. Nothing is written here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from csbot.accounts.owned import OwnedAdmin, OwnRows, caller
from csbot.conversations.access import conversations_for_caller
from csbot.conversations.explaining import trace_in_words
from csbot.conversations.models import CannedReply, Conversation, Label, Message, Turn


class ReadOnly:
    """No adding, changing or deleting; people of a company see its rows."""

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and (request.user.is_superuser or hasattr(request.user, "agent"))


class MessageInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = Message
    fields = ("created", "sender", "text", "language")
    readonly_fields = fields
    extra = 0
    ordering = ("created", "id")


class TurnInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = Turn
    fields = ("created", "route", "reason", "state", "words")
    readonly_fields = fields
    extra = 0
    ordering = ("created",)

    @admin.display(description=_("why"))
    def words(self, turn: Turn) -> SafeString:
        trace = turn.trace.data if hasattr(turn, "trace") else {}
        return format_html_join("", "<div>{}</div>", ((sentence,) for sentence in trace_in_words(trace)))


@admin.register(Conversation)
class ConversationAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("created", "who", "first_words", "site", "owner", "origin")
    list_filter = (("site", OwnRows), "owner", "origin")
    search_fields = ("messages__text",)
    date_hierarchy = "created"
    inlines = (MessageInline, TurnInline)
    change_list_template = "admin/conversations/conversation/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        said = Message.objects.filter(conversation=OuterRef("pk"), sender=Message.Sender.VISITOR).order_by("created", "id")
        every: QuerySet[Conversation] = super().get_queryset(request).select_related("visitor", "site")
        rows = every.annotate(words=Subquery(said.values("text")[:1]))
        if request.user.is_superuser:
            return rows
        found = caller(request)
        return rows.filter(pk__in=conversations_for_caller(found).values("pk")) if found else rows.none()

    @admin.display(description=_("visitor"))
    def who(self, conversation: Conversation) -> str:
        return conversation.visitor.name or str(conversation.visitor_id)[-4:].upper()

    @admin.display(description=_("first words"))
    def first_words(self, conversation: Any) -> str:
        return Truncator(conversation.words or "–").chars(60)


@admin.register(CannedReply)
class CannedReplyAdmin(OwnedAdmin):
    list_display = ("shortcut", "language", "category", "text", "site")
    list_filter = ("language", "category", ("site", OwnRows))
    search_fields = ("shortcut", "category", "text")
    site_path = "site"
    see = "desk.read"
    edit = "desk.act"


class LabelForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Label
        fields = ("company", "name", "colour")
        widgets = {"colour": forms.TextInput(attrs={"type": "color"})}


@admin.register(Label)
class LabelAdmin(OwnedAdmin):
    form = LabelForm
    list_display = ("name", "colour")
    search_fields = ("name",)
    see = "desk.read"
