"""What agents do with a conversation: take, reply, hand back, transfer, close. Each names the owner's version that it saw (C6).

What a colleague has is theirs: whoever means to act on it takes it first, and says so.

Order of locks: the agent's row first, then the conversation's; so two deeds of one agent cannot get past their capacity together, and
two agents cannot wait for each other. Visibility was checked by whoever got the conversation for the caller.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction
from django.db.models import Case, QuerySet, When

from csbot.accounts.models import Agent
from csbot.conversations import hints
from csbot.conversations.errors import NotYours, Refused
from csbot.conversations.frames import frame_append, locked
from csbot.conversations.happenings import happened
from csbot.conversations.messages import message_add, message_data
from csbot.conversations.models import Conversation, Label, Message, Note, ReadMark
from csbot.conversations.screening import HitData, hits_keep, hits_told
from csbot.conversations.services import handoffs
from csbot.conversations.services.accept import client_id_checked, text_checked
from csbot.conversations.services.owners import Owner, owner_checked, owner_set, say, turns_cancel
from csbot.conversations.wrapping import text_of
from csbot.lib.clock import now
from knowledge import facade as knowledge
from knowledge.contracts import Direction, Level

NEXT_ATTEMPTS = 5


@contextmanager
def _held(conversation_id: UUID, agent: Agent, version: int, *, force: bool = False) -> Iterator[Conversation]:
    """The conversation as the agent saw it, both rows locked. `force`: although a colleague has it."""
    with transaction.atomic():
        Agent.objects.select_for_update().get(pk=agent.pk)
        with locked(conversation_id) as conversation:
            _same_company(conversation, agent)
            owner_checked(conversation, version)
            if not force:
                _not_a_colleagues(conversation, agent)
            yield conversation


def _same_company(conversation: Conversation, agent: Agent) -> None:
    """Whatever door somebody comes through, the border of the company holds here as well."""
    if conversation.company_id != agent.company_id:
        raise NotYours


def _not_a_colleagues(conversation: Conversation, agent: Agent) -> None:
    if conversation.owner == Owner.AGENT and conversation.agent and conversation.agent_id != agent.pk:
        raise Refused("held_by", name=conversation.agent.display_name)


def conversation_take(*, conversation_id: UUID, agent: Agent, version: int, force: bool = False) -> None:
    """From the bot or the queue; with `force` from a colleague too, and beyond one's capacity. Raises Refused: "held_by", "at_capacity"."""
    with _held(conversation_id, agent, version, force=force) as conversation:
        _take(conversation, agent, beyond_capacity=force)


def queue_next(*, rows: QuerySet[Conversation], agent: Agent) -> UUID | None:
    """Take whoever of `rows` (what the agent sees) has waited longest; two agents never get the same one."""
    with transaction.atomic():
        Agent.objects.select_for_update().get(pk=agent.pk)
        # Whoever really waits comes before the demo's stories.
        waiting = rows.filter(owner=Owner.QUEUE).order_by(Case(When(origin=Conversation.Origin.DEMO, then=1), default=0), "queued_at", "id")
        for _attempt in range(NEXT_ATTEMPTS):
            # Locked by a colleague's "next": that one is theirs, look further.
            first = waiting.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True).first()
            if first is None:
                return None
            with locked(first) as conversation:
                if conversation.owner == Owner.QUEUE:
                    _take(conversation, agent, beyond_capacity=False)
                    return conversation.pk
    return None


def _take(conversation: Conversation, agent: Agent, *, beyond_capacity: bool) -> None:
    if _is_of(conversation, agent):
        return
    held = Conversation.objects.filter(agent=agent, owner=Owner.AGENT).exclude(origin=Conversation.Origin.DEMO).count()
    if held >= agent.capacity and not beyond_capacity:
        raise Refused("at_capacity", capacity=agent.capacity)
    turns_cancel(conversation, reason="taken_over")
    handoffs.handoff_taken(conversation, agent)
    owner_set(conversation, Owner.AGENT, agent)


def _is_of(conversation: Conversation, agent: Agent) -> bool:
    return conversation.owner == Owner.AGENT and conversation.agent_id == agent.pk


def agent_reply(*, conversation_id: UUID, agent: Agent, version: int, client_id: str, text: str) -> Message:
    """What an agent says to the visitor. The first word takes the conversation over: nothing of a running answer appears any more.

    Raises Refused: "blocked" for a listed word of that level, "client_id_reused" for another text under a known id.
    """
    client_id_checked(client_id)
    shown, hits = _screened(text_checked(text), agent, conversation_id)
    with transaction.atomic():
        Agent.objects.select_for_update().get(pk=agent.pk)
        with locked(conversation_id) as conversation:
            _same_company(conversation, agent)
            if known := _known(conversation, client_id, text):
                return known
            owner_checked(conversation, version)
            _not_a_colleagues(conversation, agent)
            _take(conversation, agent, beyond_capacity=True)  # they are answering already; a limit would only lose their words
            return _say(conversation, agent, client_id=client_id, digest=_digest(text), text=shown, hits=hits)


def _known(conversation: Conversation, client_id: str, text: str) -> Message | None:
    message = conversation.messages.filter(client_id=client_id).first()
    if message is not None and message.body_sha256 != _digest(text):
        raise Refused("client_id_reused")
    return message


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _screened(text: str, agent: Agent, conversation_id: UUID) -> tuple[str, list[HitData]]:
    """As the visitor may read it. What is not sent is noted all the same."""
    conversation = Conversation.objects.only("company_id", "site_id").get(pk=conversation_id)
    _same_company(conversation, agent)
    verdict = knowledge.word_filter(agent.company_id, conversation.site_id).check(text, Direction.AGENT)
    hits = hits_told(verdict.hits, text)
    if verdict.level in (Level.BLOCK, Level.HAND_OVER):
        hits_keep(conversation, Direction.AGENT, hits)
        raise Refused("blocked", word=", ".join(dict.fromkeys(hit["term"] for hit in hits)))
    return verdict.text, hits


def _say(conversation: Conversation, agent: Agent, *, client_id: str, digest: str, text: str, hits: list[HitData]) -> Message:
    language = knowledge.detect_language(text, conversation.language or conversation.site.default_language)  # type: ignore[arg-type]
    message = message_add(
        conversation,
        sender=Message.Sender.AGENT,
        agent=agent,
        client_id=client_id,
        body_sha256=digest,
        text=text,
        language=language,
        wrap={"screen": hits} if hits else {},
    )
    hits_keep(conversation, Direction.AGENT, hits)
    frame_append(conversation, "msg.new", {"message": message_data(message)}, cause=client_id)
    handoffs.handoff_answered(conversation)
    happened("message", conversation, message=message_data(message))
    return message


def note_add(*, conversation_id: UUID, agent: Agent, client_id: str, text: str) -> Note:
    """For colleagues only; takes nothing over and needs no version, because notes cannot contradict each other."""
    client_id_checked(client_id)
    text = text_checked(text)
    with locked(conversation_id) as conversation:
        _same_company(conversation, agent)
        known = conversation.notes.filter(client_id=client_id).first()
        if known is not None:
            if known.text != text:
                raise Refused("client_id_reused")
            return known
        note = Note.objects.create(conversation=conversation, agent=agent, author=agent.display_name, client_id=client_id, text=text)
        _touch(conversation)
        return note


def conversation_release(*, conversation_id: UUID, agent: Agent, version: int) -> None:
    """Hand back to the bot."""
    with _held(conversation_id, agent, version) as conversation:
        _tell_visitor(conversation, "back_to_bot")
        handoffs.handoff_end(conversation, handoffs.Outcome.BOT)
        owner_set(conversation, Owner.BOT, None)


def conversation_transfer(*, conversation_id: UUID, agent: Agent, version: int, to: Agent | None, note: str = "") -> None:
    """To a colleague who sees the site, or back to the queue, where it keeps its place by the time at which it first came there."""
    with _held(conversation_id, agent, version) as conversation:
        if to is not None and not _can_have(to, conversation):
            raise NotYours
        if note.strip():
            Note.objects.create(conversation=conversation, agent=agent, author=agent.display_name, text=text_checked(note))
        turns_cancel(conversation, reason="taken_over")
        if to is not None:
            handoffs.handoff_taken(conversation, to)
            owner_set(conversation, Owner.AGENT, to)
            return
        stay = handoffs.handoff_open(conversation)
        conversation.queued_at = stay.queued if stay else now()
        handoffs.handoff_begin(conversation, reason="transferred", queued=conversation.queued_at)
        owner_set(conversation, Owner.QUEUE, None)


def _can_have(agent: Agent, conversation: Conversation) -> bool:
    if agent.company_id != conversation.company_id or agent.role not in ("admin", "agent") or not agent.user.is_active:
        return False
    sites = list(agent.sites.values_list("pk", flat=True))
    return not sites or conversation.site_id in sites


def conversation_close(*, conversation_id: UUID, agent: Agent, version: int) -> None:
    """Done: it leaves the lists. The visitor's next message opens it again, with the bot."""
    with _held(conversation_id, agent, version) as conversation:
        if conversation.closed:
            return
        turns_cancel(conversation, reason="taken_over")
        if conversation.owner == Owner.AGENT:
            _tell_visitor(conversation, "closed")
        handoffs.handoff_end(conversation, handoffs.Outcome.CLOSED)
        owner_set(conversation, Owner.BOT, None)
        conversation.closed = now()
        conversation.save(update_fields=["closed", "changed"])
        happened("closed", conversation, by=agent.display_name)


def _tell_visitor(conversation: Conversation, key: str) -> None:
    language = conversation.language or conversation.site.default_language
    say(conversation, text_of(conversation.site, language, key), language)


def conversation_reopen(*, conversation_id: UUID, agent: Agent, version: int) -> None:
    """Opened again by an agent, who has it then."""
    with _held(conversation_id, agent, version) as conversation:
        _take(conversation, agent, beyond_capacity=True)


def labels_set(*, conversation_id: UUID, labels: list[Label]) -> None:
    with locked(conversation_id) as conversation:
        if any(label.company_id != conversation.company_id for label in labels):
            raise NotYours
        conversation.labels.set(labels)
        _touch(conversation)


def conversation_read(*, conversation: Conversation, agent: Agent, seq: int) -> None:
    """How far the agent has read; the visitor is told when it is the agent who has the conversation."""
    seq = min(seq, conversation.last_seq)
    mark, _ = ReadMark.objects.get_or_create(agent=agent, conversation=conversation, defaults={"seq": seq})
    ReadMark.objects.filter(pk=mark.pk, seq__lt=seq).update(seq=seq)
    if _is_of(conversation, agent):
        hints.tell(hints.group_of(conversation.pk), {"type": "agent.read", "seq": seq})


def agent_types(*, conversation: Conversation, agent: Agent) -> None:
    """Passing: told to the visitor of one's own conversation, and to the colleagues' desks."""
    if _is_of(conversation, agent):
        hints.tell(hints.group_of(conversation.pk), {"type": "agent.typing"})
    event = {"type": "colleague.typing", "conv": str(conversation.pk), "site": str(conversation.site_id), "name": agent.display_name}
    hints.tell(hints.desk_group_of(conversation.company_id), {**event, "agent": str(agent.pk)})


def availability_set(*, agent: Agent, is_available: bool) -> None:
    Agent.objects.filter(pk=agent.pk).update(is_available=is_available)
    hints.tell(hints.desk_group_of(agent.company_id), {"type": "desk.presence"})


def _touch(conversation: Conversation) -> None:
    """What is no frame is told to the desks as well."""
    conversation.save(update_fields=["changed"])
    transaction.on_commit(lambda: hints.desk_hint(conversation.company_id, conversation.site_id, conversation.pk))
    transaction.on_commit(lambda: hints.desk_hint(conversation.company_id, conversation.site_id, conversation.pk))
