"""Accepting what a visitor sends: stored once, however often it is sent (C2), and acknowledged only when committed (C1)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import regex
from django.conf import settings
from django.db import transaction

from csbot.accounts.models import Site
from csbot.conversations import limits
from csbot.conversations.access import conversation_of_visitor, message_for_visitor
from csbot.conversations.errors import NotYours, Refused
from csbot.conversations.events import Language
from csbot.conversations.frames import frame_append, locked
from csbot.conversations.happenings import happened
from csbot.conversations.messages import message_add, message_data
from csbot.conversations.models import Conversation, Frame, Message, Turn
from csbot.conversations.outbox import outbox_add
from csbot.conversations.screening import hits_keep, notice_append, visitor_screen
from csbot.conversations.services.owners import say
from csbot.conversations.services.visitors import name_index, visitor_of
from csbot.conversations.sessions import VisitorSession, site_of_session, site_open
from csbot.conversations.wrapping import text_of
from csbot.lib.clock import now
from csbot.lib.ids import new_id
from knowledge import facade as knowledge
from knowledge.contracts import Direction

MAX_OPEN_TURNS = 2  # one running, one waiting
CLIENT_ID_LENGTH = 64
# Neither control nor space nor joiner, selector or filler (DI), nor the empty Braille pattern. New emoji, unknown to our tables, count.
VISIBLE = regex.compile(r"[^\p{Cc}\p{Cf}\p{Z}\p{DI}\u2800]")


@dataclass(frozen=True, slots=True)
class Accepted:
    conversation: Conversation
    message: Message
    seq: int
    turn: Turn | None


@dataclass(frozen=True, slots=True)
class _Said:
    """A visitor's message before it is stored. The digest is of what was sent, so that the same sent again is known."""

    client_id: str
    text: str
    digest: str
    language: Language | None
    chip: dict[str, Any] = field(default_factory=dict)


def message_accept(
    *, session: VisitorSession, client_id: str, text: str, origin: str = Conversation.Origin.WIDGET, language: Language | None = None
) -> Accepted:
    """Store a visitor's message and open its turn. Raises Refused with the code of the limit that it breaks."""
    text = text_checked(text)
    client_id_checked(client_id)
    conversation = conversation_of_visitor(session)
    site = site_open(conversation.site) if conversation else site_of_session(session)
    if conversation and (known := _already_stored(conversation, client_id, _digest(text))):
        return known
    if origin == Conversation.Origin.WIDGET:
        limits.message_take(session.visitor_id, per_minute=settings.CSBOT.messages_per_minute)
    said = _Said(client_id, text, _digest(text), language)
    if conversation is None:
        with transaction.atomic():
            conversation, is_new = _conversation_open(session, origin, site)
            if is_new:
                return _keep(conversation, said)  # nobody else knows it yet
    return _store(conversation, said)


def chip_click(*, session: VisitorSession, client_id: str, message_id: str, faq: str) -> Accepted:
    """A click on "did you mean": a message with the chip's own words, whose turn knows which FAQ was meant."""
    client_id_checked(client_id)
    clarifying = message_for_visitor(session, message_id)
    options = {option["faq"]: option["text"] for option in clarifying.wrap.get("options", [])}
    if not options or (faq != "none" and faq not in options):
        raise NotYours
    conversation = clarifying.conversation
    words = text_of(site_of_session(session), clarifying.language, "none_of_these") if faq == "none" else options[faq]
    digest = _digest(f"{message_id} {faq}")
    if known := _already_stored(conversation, client_id, digest):
        return known
    limits.message_take(session.visitor_id, per_minute=settings.CSBOT.messages_per_minute)
    chip = {"faq": faq, "message": str(clarifying.pk), "options": list(options), "question": _asked_before(clarifying)}
    return _store(conversation, _Said(client_id, words, digest, clarifying.language, chip))  # type: ignore[arg-type]


def conversation_start(*, session: VisitorSession, origin: str = Conversation.Origin.WIDGET) -> Conversation:
    """Visitor and conversation rows before a first message."""
    site = Site.objects.get(pk=session.site_id, company_id=session.company_id)
    with transaction.atomic():
        conversation, _ = _conversation_open(session, origin, site)
        return conversation


def _conversation_open(session: VisitorSession, origin: str, site: Site) -> tuple[Conversation, bool]:
    """The visitor's conversation, and whether it was made now. Two first messages at once meet on the visitor's row."""
    visitor, is_new = visitor_of(session, site)
    if not is_new and (existing := conversation_of_visitor(session)):
        return existing, False
    conversation = Conversation.objects.create(company_id=session.company_id, site=site, visitor=visitor, origin=origin)
    name_index(conversation, session)
    happened("conversation.opened", conversation)
    return conversation, True


def _store(conversation: Conversation, said: _Said) -> Accepted:
    with locked(conversation.pk, site=conversation.site) as owned:
        if known := _already_stored(owned, said.client_id, said.digest):  # a parallel copy was quicker
            return known
        if owned.owner == Conversation.Owner.BOT and owned.turns.filter(state__in=Turn.OPEN).count() >= MAX_OPEN_TURNS:
            raise Refused("busy", retry_after_s=3)
        return _keep(owned, said)


def _keep(conversation: Conversation, said: _Said) -> Accepted:
    """In a transaction that has the conversation for itself."""
    has_bot = conversation.owner == Conversation.Owner.BOT
    language = said.language or knowledge.detect_language(said.text, _usual_language(conversation))
    screened = visitor_screen(conversation.site, said.text)
    turn_id = new_id() if has_bot else None
    message = message_add(
        conversation,
        turn_id=turn_id,
        sender=Message.Sender.VISITOR,
        client_id=said.client_id,
        body_sha256=said.digest,
        text=screened.text,
        language=language,
        wrap=screened.wrap(screened.notice(conversation.site, language, has_bot=has_bot)),
    )
    hits_keep(conversation, Direction.VISITOR, screened.hits)
    conversation.language, conversation.closed = language, None
    turn = _turn_open(conversation, message, turn_id, said.chip) if turn_id else None  # before the frame: its worker is told first
    frame = frame_append(conversation, "msg.new", {"message": message_data(message)}, cause=said.client_id, changed=["language", "closed"])
    notice_append(conversation, message)
    happened("message", conversation, message=message_data(message))
    if screened.verdict.is_in_need and not has_bot:
        _help_once(conversation, language)
    return Accepted(conversation, message, frame.seq, turn)


def _help_once(conversation: Conversation, language: Language) -> None:
    """Whoever waits for a person, perhaps the whole night, is told who listens now."""
    text = text_of(conversation.site, language, "in_need")
    if not conversation.messages.filter(text=text).exists():
        say(conversation, text, language)


def _usual_language(conversation: Conversation) -> Language:
    """For messages without a letter, such as an order number."""
    usual: Language = conversation.language or conversation.site.default_language  # type: ignore[assignment]
    return usual


def _turn_open(conversation: Conversation, message: Message, turn_id: UUID, chip: dict[str, Any]) -> Turn:
    """The message names it already; the database looks at the transaction's end."""
    turn = Turn.objects.create(
        pk=turn_id,
        conversation=conversation,
        question=message,
        owner_version=conversation.owner_version,
        chip=chip,
        deadline=now() + timedelta(seconds=settings.CSBOT.turn_deadline_s),
    )
    outbox_add(task="conversations.answer_turn", key=f"answer:{turn.pk}", arguments=[str(turn.pk)])
    return turn


def _already_stored(conversation: Conversation, client_id: str, digest: str) -> Accepted | None:
    message = conversation.messages.filter(client_id=client_id).first()
    if message is None:
        return None
    if message.body_sha256 != digest:
        raise Refused("client_id_reused")
    seq = Frame.objects.filter(conversation=conversation, type="msg.new", cause=client_id).values_list("seq", flat=True).first()
    return Accepted(conversation, message, seq or 0, Turn.objects.filter(question=message).first())


def _asked_before(clarifying: Message) -> str:
    return clarifying.turn.question.text if clarifying.turn else ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def text_checked(text: str) -> str:
    # NUL cannot be stored by PostgreSQL and lone surrogates by nobody; both are noise of broken clients.
    text = text.replace("\0", "").encode("utf-8", "ignore").decode().strip()
    if not VISIBLE.search(text):
        raise Refused("empty")
    if len(text) > settings.CSBOT.message_limit:
        raise Refused("too_long", limit=settings.CSBOT.message_limit, length=len(text))
    return text


def client_id_checked(client_id: str) -> None:
    if not 1 <= len(client_id) <= CLIENT_ID_LENGTH or not client_id.isprintable():
        raise Refused("bad_frame", field="client_id")
