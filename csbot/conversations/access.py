"""The only ways to a row of others: each condition stands on its own line, and a wrong one looks like a missing row."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from csbot.accounts.callers import Caller
from csbot.conversations.errors import NotYours
from csbot.conversations.models import Conversation, Message, Turn
from csbot.conversations.sessions import VisitorSession


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise NotYours from error


def conversation_of_visitor(session: VisitorSession) -> Conversation | None:
    """The visitor's conversation; None before the first message."""
    return (
        Conversation.objects.select_related("site")
        .filter(company_id=session.company_id)
        .filter(site_id=session.site_id)
        .filter(visitor_id=session.visitor_id)
        .order_by("-created")
        .first()
    )


def message_for_visitor(session: VisitorSession, message_id: object) -> Message:
    message = (
        Message.objects.select_related("conversation")
        .filter(pk=_uuid(message_id))
        .filter(conversation__company_id=session.company_id)
        .filter(conversation__site_id=session.site_id)
        .filter(conversation__visitor_id=session.visitor_id)
        .first()
    )
    if message is None:
        raise NotYours
    return message


def generation_for_visitor(session: VisitorSession, gen: object) -> Turn:
    turn = (
        Turn.objects.select_related("conversation")
        .filter(gen=_uuid(gen))
        .filter(conversation__company_id=session.company_id)
        .filter(conversation__site_id=session.site_id)
        .filter(conversation__visitor_id=session.visitor_id)
        .first()
    )
    if turn is None:
        raise NotYours
    return turn


def conversations_for_caller(caller: Caller) -> QuerySet[Conversation]:
    """What somebody of the company sees; whether they may act on it, their rights say."""
    rows = Conversation.objects.filter(company_id=caller.company_id)
    if not caller.may("desk.read"):
        return rows.none()
    return rows if caller.sites is None else rows.filter(site_id__in=caller.sites)


def conversation_for_caller(caller: Caller, conversation_id: object) -> Conversation:
    conversation = conversations_for_caller(caller).select_related("site", "agent", "visitor").filter(pk=_uuid(conversation_id)).first()
    if conversation is None:
        raise NotYours
    return conversation


def turn_for_caller(caller: Caller, turn_id: object) -> Turn:
    rows = Turn.objects.select_related("question", "trace", "conversation__site")
    turn = rows.filter(pk=_uuid(turn_id)).filter(conversation__in=conversations_for_caller(caller)).first()
    if turn is None:
        raise NotYours
    return turn
