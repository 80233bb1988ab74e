"""Accepting what a visitor sends: stored once, however often it is sent (C2), and acknowledged only when committed (C1)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
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
from csbot.conversations.sessions import VisitorSession, site_of_session
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


def message_accept(
    *, session: VisitorSession, client_id: str, text: str, origin: str = Conversation.Origin.WIDGET, language: Language | None = None
) -> Accepted:
    """Store a visitor's message and open its turn. Raises Refused with the code of the limit that it breaks."""
    text = text_checked(text)
    client_id_checked(client_id)
    site = site_of_session(session)
    conversation = conversation_of_visitor(session)
    if conversation and (known := _already_stored(conversation, client_id, _digest(text))):
        return known
    if origin == Conversation.Origin.WIDGET:
        limits.message_take(session.visitor_id, per_minute=settings.CSBOT.messages_per_minute)
    conversation = conversation or conversation_start(session=session, origin=origin, site=site)
    return _store(conversation, client_id=client_id, text=text, digest=_digest(text), language=language, chip={})


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
    return _store(conversation, client_id=client_id, text=words, digest=digest, language=clarifying.language, chip=chip)  # type: ignore[arg-type]


def conversation_start(*, session: VisitorSession, origin: str = Conversation.Origin.WIDGET, site: Site | None = None) -> Conversation:
    """Visitor and conversation rows, made with the first message. Two first messages at once meet on the visitor's row."""
    site = site or Site.objects.get(pk=session.site_id, company_id=session.company_id)
    with transaction.atomic():
        visitor = visitor_of(session, site)
        if existing := conversation_of_visitor(session):
            return existing
        conversation = Conversation.objects.create(company_id=session.company_id, site=site, visitor=visitor, origin=origin)
        name_index(conversation, session)
        happened("conversation.opened", conversation)
        return conversation


def _store(conversation: Conversation, *, client_id: str, text: str, digest: str, language: Language | None, chip: dict[str, Any]) -> Accepted:
    with locked(conversation.pk) as owned:
        if known := _already_stored(owned, client_id, digest):  # a parallel copy was quicker
            return known
        has_bot = owned.owner == Conversation.Owner.BOT
        if has_bot and owned.turns.filter(state__in=Turn.OPEN).count() >= MAX_OPEN_TURNS:
            raise Refused("busy", retry_after_s=3)
        language = language or knowledge.detect_language(text, _usual_language(owned))
        screened = visitor_screen(owned.site, text)
        turn_id = new_id() if has_bot else None
        message = message_add(
            owned,
            turn_id=turn_id,
            sender=Message.Sender.VISITOR,
            client_id=client_id,
            body_sha256=digest,
            text=screened.text,
            language=language,
            wrap=screened.wrap(screened.notice(owned.site, language, has_bot=has_bot)),
        )
        hits_keep(owned, Direction.VISITOR, screened.hits)
        owned.language, owned.closed = language, None
        frame = frame_append(owned, "msg.new", {"message": message_data(message)}, cause=client_id, changed=["language", "closed"])
        notice_append(owned, message)
        happened("message", owned, message=message_data(message))
        if screened.verdict.is_in_need and not has_bot:
            _help_once(owned, language)
        return Accepted(owned, message, frame.seq, _turn_open(owned, message, turn_id, chip) if turn_id else None)


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
