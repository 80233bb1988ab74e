"""Durable frames: appended under the conversation's lock with a `seq` without gap, announced after the commit.

Knows rows and envelopes; does not know sockets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import transaction

from csbot.accounts.models import Site
from csbot.conversations import hints
from csbot.conversations.events import DURABLE_FRAMES, VERSION, Envelope
from csbot.conversations.models import Conversation, Frame
from csbot.lib.clock import now, to_wire
from csbot.lib.ids import new_id


@contextmanager
def locked(conversation_id: UUID | str, *, site: Site | None = None) -> Iterator[Conversation]:
    """The conversation, exclusively, for one transaction. SQLite has one writer at a time (BEGIN IMMEDIATE); PostgreSQL locks the row.

    `site`: its site, where the caller has read it already.
    """
    with transaction.atomic():
        rows = Conversation.objects.select_for_update(of=("self",))
        conversation = (rows if site else rows.select_related("site")).get(pk=conversation_id)
        if site:
            conversation.site = site
        yield conversation


def frame_append(conversation: Conversation, type: str, data: Any, *, cause: str = "", changed: Sequence[str] = ()) -> Frame:
    """Append to a locked conversation; listeners get a hint once it is committed. `changed`: its fields to be saved with it."""
    if type not in DURABLE_FRAMES:
        raise ValueError(f"{type}: not a durable frame")
    conversation.last_seq += 1
    conversation.save(update_fields=["last_seq", "changed", *changed])
    frame = Frame.objects.create(conversation=conversation, seq=conversation.last_seq, type=type, data=data, cause=cause)
    transaction.on_commit(lambda: _announce(conversation, frame.seq))
    return frame


def _announce(conversation: Conversation, seq: int) -> None:
    hints.hint(conversation.pk, seq)
    hints.desk_hint(conversation.company_id, conversation.site_id, conversation.pk)


def frames_after(conversation_id: UUID | str, seq: int, *, limit: int = 500) -> list[Frame]:
    return list(Frame.objects.filter(conversation_id=conversation_id, seq__gt=seq).order_by("seq")[:limit])


def durable_envelope(frame: Frame) -> Envelope:
    return {
        "v": VERSION,
        "type": frame.type,
        "conv": str(frame.conversation_id),
        "seq": frame.seq,
        "ts": to_wire(frame.at),
        "id": f"{frame.conversation_id}:{frame.seq}",
        "cause": frame.cause or None,
        "data": frame.data,
    }


def passing_envelope(type: str, data: Any, *, conversation_id: UUID | str | None = None, cause: str | None = None) -> Envelope:
    return {
        "v": VERSION,
        "type": type,
        "conv": str(conversation_id) if conversation_id else None,
        "seq": None,
        "ts": to_wire(now()),
        "id": str(new_id()),
        "cause": cause,
        "data": data,
    }
