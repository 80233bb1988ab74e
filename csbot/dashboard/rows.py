"""Conversations as the inbox lists them. A fixed number of queries however long the page is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from csbot.accounts.callers import Caller
from csbot.conversations.access import conversations_for_caller
from csbot.conversations.models import Conversation, Frame, Message, ReadMark
from csbot.conversations.search import conversations_with
from csbot.conversations.services.owners import owner_name
from csbot.lib.clock import now, to_wire
from knowledge import facade as knowledge

View = Literal["waiting", "mine", "colleagues", "bot", "closed", "all"]
PAGE = 30
MAX_CHANGED = 200
OVERLAP = timedelta(seconds=10)  # a transaction that committed late carries an earlier time
PREVIEW = 140

Owner = Conversation.Owner


def visible(caller: Caller) -> QuerySet[Conversation]:
    """What the desk shows: everything but the console's questions."""
    return conversations_for_caller(caller).exclude(origin=Conversation.Origin.CONSOLE)


def of_view(rows: QuerySet[Conversation], view: str, caller: Caller) -> QuerySet[Conversation]:
    mine = caller.agent.pk if caller.agent else None
    if view == "waiting":
        return rows.filter(owner=Owner.QUEUE)
    if view == "mine":
        return rows.filter(owner=Owner.AGENT, agent_id=mine) if mine else rows.none()
    if view == "colleagues":
        others = rows.filter(owner=Owner.AGENT)
        return others.exclude(agent_id=mine) if mine else others
    if view == "bot":
        return rows.filter(owner=Owner.BOT, closed=None)
    return rows.filter(closed__isnull=False) if view == "closed" else rows


def filtered(rows: QuerySet[Conversation], *, query: str = "", site: UUID | None = None, label: UUID | None = None) -> QuerySet[Conversation]:
    if site:
        rows = rows.filter(site_id=site)
    if label:
        rows = rows.filter(labels=label)
    return conversations_with(rows, query) if query.strip() else rows


def page_of(rows: QuerySet[Conversation], view: str, cursor: str) -> tuple[list[Conversation], str | None]:
    """One page, and the cursor of the next. The queue is first come, first served; everything else newest first."""
    field = "queued_at" if view == "waiting" else "changed"
    if cursor:
        moment, key = cursor_read(cursor)
        past = "gt" if view == "waiting" else "lt"
        rows = rows.filter(Q(**{f"{field}__{past}": moment}) | Q(**{field: moment, f"pk__{past}": key}))
    ordered = rows.order_by(field, "pk") if view == "waiting" else rows.order_by(f"-{field}", "-pk")
    found = list(_joined(ordered)[: PAGE + 1])
    if len(found) <= PAGE:
        return found, None
    last = found[PAGE - 1]
    return found[:PAGE], f"{getattr(last, field).isoformat()}_{last.pk}"


def cursor_read(cursor: str) -> tuple[datetime, UUID]:
    """Where a page ended: the moment and the row. Raises ValueError for what is no cursor."""
    at, _, key = cursor.partition("_")
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None or not 2000 <= moment.year <= 2100:
        raise ValueError("no moment of ours")
    return moment, UUID(key)


def changed_since(rows: QuerySet[Conversation], since: datetime) -> tuple[list[Conversation], bool]:
    """What changed, and whether that is all of it."""
    found = list(_joined(rows.filter(changed__gte=since - OVERLAP).order_by("-changed"))[: MAX_CHANGED + 1])
    return found[:MAX_CHANGED], len(found) <= MAX_CHANGED


def _joined(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    return rows.select_related("site", "agent", "visitor").prefetch_related("labels")


def counts_of(caller: Caller) -> dict[str, int]:
    mine = caller.agent.pk if caller.agent else None
    counted: dict[str, int] = visible(caller).aggregate(
        waiting=Count("pk", filter=Q(owner=Owner.QUEUE)),
        mine=Count("pk", filter=Q(owner=Owner.AGENT, agent_id=mine)),
        colleagues=Count("pk", filter=Q(owner=Owner.AGENT) & ~Q(agent_id=mine)),
        bot=Count("pk", filter=Q(owner=Owner.BOT, closed=None)),
        closed=Count("pk", filter=Q(closed__isnull=False)),
    )
    return counted


def rows_of(conversations: Iterable[Conversation], caller: Caller) -> list[dict[str, Any]]:
    found = list(conversations)
    ids = [conversation.pk for conversation in found]
    previews = _previews(ids)
    unread = _unread(ids, caller)
    places = _places(found)
    warned = knowledge.word_warned_among(ids)
    return [{**_row(conversation, previews, unread, places), "is_warned": conversation.pk in warned} for conversation in found]


def _row(conversation: Conversation, previews: dict[UUID, Message], unread: dict[UUID, int], places: dict[UUID, int]) -> dict[str, Any]:
    last = previews.get(conversation.pk)
    queued = conversation.queued_at
    return {
        "id": str(conversation.pk),
        "site": {"id": str(conversation.site_id), "name": conversation.site.name},
        "visitor": {"id": str(conversation.visitor_id), "number": str(conversation.visitor_id)[-4:].upper(), "name": conversation.visitor.name},
        "owner": owner_name(conversation),
        "agent": {"id": str(conversation.agent_id), "name": conversation.agent.display_name} if conversation.agent else None,
        "ver": conversation.owner_version,
        "seq": conversation.last_seq,
        "unread": unread.get(conversation.pk, 0),
        "preview": {"sender": last.sender, "text": last.text[:PREVIEW], "ts": to_wire(last.created)} if last else None,
        "language": conversation.language,
        "labels": [str(label.pk) for label in conversation.labels.all()],
        "origin": conversation.origin,
        "is_demo": conversation.origin == Conversation.Origin.DEMO,
        "queued_at": to_wire(queued) if queued else None,
        "waiting_s": round((now() - queued).total_seconds()) if queued else None,
        "position": places.get(conversation.pk),
        "handoff_reason": conversation.handoff_reason,
        "closed": to_wire(conversation.closed) if conversation.closed else None,
        "created": to_wire(conversation.created),
        "changed": to_wire(conversation.changed),
    }


def _previews(ids: list[UUID]) -> dict[UUID, Message]:
    """What somebody said last; the product's own lines say the same everywhere."""
    newest = Message.objects.filter(conversation=OuterRef("pk")).exclude(sender=Message.Sender.SYSTEM).order_by("-created", "-id").values("pk")[:1]
    last = Conversation.objects.filter(pk__in=ids).annotate(last=Subquery(newest)).values("last")
    return {message.conversation_id: message for message in Message.objects.filter(pk__in=last)}


def _unread(ids: list[UUID], caller: Caller) -> dict[UUID, int]:
    """What visitors said after the caller's mark, where a person is wanted or has it. Keys read nothing and have no marks."""
    if caller.agent is None:
        return {}
    mark = ReadMark.objects.filter(agent=caller.agent, conversation=OuterRef("conversation")).values("seq")[:1]
    said = Frame.objects.filter(conversation__in=ids, type="msg.new", data__message__sender="visitor").annotate(mark=Subquery(mark))
    said = said.exclude(conversation__owner=Owner.BOT)
    fresh = said.filter(Q(mark=None) | Q(seq__gt=Subquery(mark)))
    return dict(fresh.values("conversation").annotate(number=Count("id")).values_list("conversation", "number"))


def _places(conversations: list[Conversation]) -> dict[UUID, int]:
    sites = {conversation.site_id for conversation in conversations if conversation.owner == Owner.QUEUE}
    if not sites:
        return {}
    places: dict[UUID, int] = {}
    ahead: dict[UUID, int] = {}
    waiting = Conversation.objects.filter(site__in=sites, owner=Owner.QUEUE).order_by("queued_at", "pk")
    for key, site, origin in waiting.values_list("pk", "site_id", "origin"):
        if origin != Conversation.Origin.DEMO:  # the demo's stories hold nobody up
            ahead[site] = places[key] = ahead.get(site, 0) + 1
    return places
