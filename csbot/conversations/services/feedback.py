"""What visitors say about answers, what they have read, and what they no longer want."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from csbot.conversations import cache, cancelling, limits
from csbot.conversations.access import generation_for_visitor, message_for_visitor
from csbot.conversations.errors import Refused
from csbot.conversations.frames import frame_append, locked
from csbot.conversations.happenings import happened
from csbot.conversations.messages import message_data
from csbot.conversations.models import Conversation, Feedback, Message, Turn
from csbot.conversations.services.turns import turn_cancel
from csbot.conversations.sessions import VisitorSession


def message_rate(*, session: VisitorSession, message_id: str, value: int) -> None:
    """A thumb on an answer; the last one counts. A thumb down evicts the answer from the cache."""
    message = message_for_visitor(session, message_id)
    if value not in Feedback.Value.values or message.sender == Message.Sender.VISITOR:
        raise Refused("bad_frame", field="rate")
    with locked(message.conversation_id) as conversation:
        if Feedback.objects.filter(message=message, value=value).exists():
            return
        limits.message_take(session.visitor_id, per_minute=settings.CSBOT.messages_per_minute)
        Feedback.objects.update_or_create(message=message, defaults={"value": value})
        message = Message.objects.select_related("feedback", "agent", "turn").get(pk=message.pk)
        frame_append(conversation, "msg.updated", {"message": message_data(message)})
        happened("rating", conversation, message=message_data(message), value=value)
    keys = message.turn.decision.get("cache") if message.turn else None
    if value == Feedback.Value.DOWN and keys:
        cache.cache_evict(keys["exact"], is_meaning_unsure=True)


def generation_cancel(*, session: VisitorSession, gen: str) -> None:
    """Stop a running answer; what was shown of it stays. One that has not begun is taken back whole."""
    turn = generation_for_visitor(session, gen)
    with locked(turn.conversation_id) as conversation:
        turn = Turn.objects.get(pk=turn.pk)
        if turn.state == Turn.State.WAITING:
            turn.conversation = conversation
            turn_cancel(turn)
            return
    if turn.state == Turn.State.STREAMING:
        cancelling.cancel(str(turn.gen))  # which may have begun anew since the visitor looked


def visitor_read(*, session: VisitorSession, conversation: Conversation, seq: int) -> None:
    with transaction.atomic():
        Conversation.objects.filter(pk=conversation.pk, visitor_id=session.visitor_id, visitor_read_seq__lt=seq, last_seq__gte=seq).update(
            visitor_read_seq=seq
        )
