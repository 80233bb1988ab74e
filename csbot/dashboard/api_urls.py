"""Addresses of `/api/v1` that belong to the agents' desk."""

from __future__ import annotations

from django.urls import path

from csbot.dashboard.api import acting, reading

ONE = "conversations/<uuid:conversation_id>"
urlpatterns = [
    path("me", reading.MeView.as_view(), name="api_me"),
    path("me/availability", acting.AvailabilityView.as_view(), name="api_availability"),
    path("inbox", reading.InboxView.as_view(), name="api_inbox"),
    path("canned", reading.CannedView.as_view(), name="api_canned"),
    path("queue/next", acting.NextView.as_view(), name="api_queue_next"),
    path(ONE, reading.ConversationView.as_view(), name="api_conversation"),
    path(f"{ONE}/take", acting.TakeView.as_view(), name="api_take"),
    path(f"{ONE}/replies", acting.ReplyView.as_view(), name="api_reply"),
    path(f"{ONE}/notes", acting.NoteView.as_view(), name="api_note"),
    path(f"{ONE}/release", acting.ReleaseView.as_view(), name="api_release"),
    path(f"{ONE}/transfer", acting.TransferView.as_view(), name="api_transfer"),
    path(f"{ONE}/close", acting.CloseView.as_view(), name="api_close"),
    path(f"{ONE}/reopen", acting.ReopenView.as_view(), name="api_reopen"),
    path(f"{ONE}/labels", acting.LabelsView.as_view(), name="api_labels"),
    path(f"{ONE}/read", acting.ReadView.as_view(), name="api_read"),
    path(f"{ONE}/typing", acting.TypingView.as_view(), name="api_typing"),
]
