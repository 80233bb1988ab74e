"""Reading conversations for the wire."""

from __future__ import annotations

from uuid import UUID

from csbot.conversations.events import Clarify, State
from csbot.conversations.frames import frames_after
from csbot.conversations.messages import message_data
from csbot.conversations.models import Conversation, Frame, Message, Turn
from csbot.conversations.queueing import queue_place
from csbot.conversations.services.owners import owner_name

MAX_REPLAY = 200
MAX_MESSAGES = 200


def state_of(conversation_id: UUID) -> State:
    """The whole conversation as it stands: `seq` is read first, so that nothing committed later can be missed after it."""
    conversation = Conversation.objects.select_related("site").get(pk=conversation_id)
    rows = Message.objects.filter(conversation=conversation).select_related("agent", "feedback").order_by("-created", "-id")[:MAX_MESSAGES]
    state: State = {
        "seq": conversation.last_seq,
        "owner": owner_name(conversation),
        "ver": conversation.owner_version,
        "messages": [message_data(message) for message in reversed(rows)],
    }
    if clarify := _open_clarify(conversation):
        state["clarify"] = clarify
    if running := _running_turn(conversation.pk):
        state["gen"] = {"gen": str(running.gen), "off": 0, "text": "", "sources": running.decision.get("sources", [])}
    if place := queue_place(conversation):
        state["queue"] = place
    return state


def _open_clarify(conversation: Conversation) -> Clarify | None:
    """The chips of the last message, while nobody has said anything after it."""
    frame = Frame.objects.filter(conversation=conversation, type="clarify").order_by("-seq").first()
    if frame is None or Frame.objects.filter(conversation=conversation, type="msg.new", seq__gt=frame.seq).exists():
        return None
    clarify: Clarify = frame.data
    return clarify


def _running_turn(conversation_id: UUID) -> Turn | None:
    running = Turn.objects.filter(conversation_id=conversation_id, state__in=[Turn.State.WAITING, Turn.State.STREAMING])
    return running.order_by("-created").first()


def running_generation(conversation_id: UUID) -> str | None:
    turn = _running_turn(conversation_id)
    return str(turn.gen) if turn else None


def missed_frames(conversation_id: UUID, last_seq: int) -> list[Frame] | None:
    """The durable frames after `last_seq`; None where they are too many or the number is not ours: the client gets a `state` instead."""
    top = Conversation.objects.values_list("last_seq", flat=True).get(pk=conversation_id)
    if last_seq > top or top - last_seq > MAX_REPLAY:
        return None
    return frames_after(conversation_id, last_seq)


def generation_text(gen: str) -> str:
    """The stored text of an ended generation; empty where none was stored."""
    turn = Turn.objects.filter(gen=gen).first()
    message = Message.objects.filter(turn=turn, sender=Message.Sender.BOT).order_by("created").first() if turn else None
    return message.text if message else ""


def has_something_under_way(conversation_id: UUID) -> bool:
    conversation = Conversation.objects.get(pk=conversation_id)
    return conversation.owner != Conversation.Owner.BOT or conversation.turns.filter(state__in=Turn.OPEN).exists()
