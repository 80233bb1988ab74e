"""From a happening to deliveries: rows in the happening's own transaction, one for each endpoint that asked for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from csbot.conversations.happenings import Kind
from csbot.conversations.models import Conversation
from csbot.lib.clock import now, to_wire
from csbot.webhooks.models import EVENTS, TEST_EVENT, Delivery, Endpoint


def tell(kind: Kind, conversation: Conversation, data: Mapping[str, Any]) -> None:
    """Questions of the console are nobody's business."""
    if conversation.origin == Conversation.Origin.CONSOLE:
        return
    event = EVENTS[kind]
    active = Endpoint.objects.filter(company=conversation.company_id, is_active=True)
    asked = [endpoint for endpoint in active if endpoint.site_id in (None, conversation.site_id) and event in endpoint.events]
    if not asked:
        return
    body = body_of(event, {"conversation": _about(conversation), **data})
    Delivery.objects.bulk_create(Delivery(endpoint=endpoint, event=event, body=body, next_at=now()) for endpoint in asked)


def tell_test(endpoint: Endpoint) -> Delivery:
    return Delivery.objects.create(endpoint=endpoint, event=TEST_EVENT, body=body_of(TEST_EVENT, {"text": "It works."}), next_at=now())


def body_of(event: str, data: Mapping[str, Any]) -> str:
    """Standard Webhooks' payload: type, timestamp, data."""
    return json.dumps({"type": event, "timestamp": to_wire(now()), "data": data}, ensure_ascii=False, separators=(",", ":"))


def _about(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": str(conversation.pk),
        "site": conversation.site.key,
        "visitor": str(conversation.visitor_id),
        "language": conversation.language,
        "origin": conversation.origin,
    }
