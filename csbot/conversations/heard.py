"""What a company's visitors said last, for the vetting of its word lists."""

from __future__ import annotations

from uuid import UUID

from csbot.conversations.models import Conversation, Message

MADE_UP = (Conversation.Origin.DEMO, Conversation.Origin.CONSOLE)


def last_said(company_id: UUID | str, most: int) -> list[str]:
    """Newest first: ids sort by time."""
    said = Message.objects.filter(conversation__company_id=company_id, sender=Message.Sender.VISITOR).exclude(conversation__origin__in=MADE_UP)
    return list(said.order_by("-pk").values_list("text", flat=True)[:most])
