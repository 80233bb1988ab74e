"""The queue of a site: who is next, where a visitor stands, and how long it may take."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

from csbot.conversations.events import QueueUpdate
from csbot.conversations.models import Conversation, Handoff
from csbot.conversations.presence import agents_there
from csbot.lib.clock import now

SAMPLES = 20
LEAST_SAMPLES = 3


def queue_place(conversation: Conversation) -> QueueUpdate | None:
    """Place in the site's queue (1 is next) and an estimate in seconds; None outside the queue and where a message was left."""
    if conversation.owner != Conversation.Owner.QUEUE:
        return None
    if Handoff.objects.filter(conversation=conversation, ended=None, is_message_left=True).exists():
        return None
    waiting = Conversation.objects.filter(site_id=conversation.site_id, owner=Conversation.Owner.QUEUE).exclude(origin=Conversation.Origin.DEMO)
    position = waiting.filter(queued_at__lt=conversation.queued_at).count() + 1
    return {"position": position, "eta_s": _estimate(conversation, position)}


def _estimate(conversation: Conversation, position: int) -> int | None:
    """From the last waits of the past day: the median is the time that a place costs with as many people as are there now."""
    since = now() - timedelta(days=1)
    taken = Handoff.objects.filter(conversation__site_id=conversation.site_id, taken__gte=since, is_message_left=False).exclude(reason="taken_over")
    taken = taken.exclude(conversation__origin=Conversation.Origin.DEMO)
    waits = [(end - start).total_seconds() for start, end in taken.order_by("-taken").values_list("queued", "taken")[:SAMPLES] if end]
    people = len(agents_there(conversation.site))
    if len(waits) < LEAST_SAMPLES or not people:
        return None
    return round(max(5.0, median(waits)) * position / people)
