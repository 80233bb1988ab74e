"""Visitors' rows: made with the first message, named when the company vouches for them, and joined when a stranger turns out to be known."""

from __future__ import annotations

from django.db import transaction

from csbot.accounts.models import Site
from csbot.conversations.errors import SessionInvalid
from csbot.conversations.hints import desk_hint
from csbot.conversations.identity import IdentityRefused, Problem, identity_read
from csbot.conversations.models import Conversation, Visitor
from csbot.conversations.search import text_index
from csbot.conversations.sessions import VisitorSession, session_known, session_new, session_read, site_by_key


def session_open(*, site_key: str, token: str = "", identity: str = "") -> tuple[VisitorSession, Problem]:
    """A session for a site; nothing is stored for it. `token`: the session that the widget has; `identity`: what the host page vouches for.

    Whoever is vouched for is the same visitor on every device. A known visitor's session without its identity is dropped: they signed out.
    An identity that is not good leaves a stranger, and says why. Raises NotYours for an unknown site.
    """
    site = site_by_key(site_key)
    before = _before(site, token)
    if not identity:
        return _stranger(site, before), ""
    try:
        session = session_known(site, identity_read(site, identity))
    except IdentityRefused as refusal:
        if refusal.code == "expired" and before and _is_still(before, site, identity):
            return before, ""
        return _stranger(site, before), refusal.code
    if before and before.identity is None:
        conversations_move(before, session)
    return session, ""


def _before(site: Site, token: str) -> VisitorSession | None:
    try:
        session = session_read(token) if token else None
    except SessionInvalid:
        return None
    return session if session and session.site_id == site.pk else None


def _is_still(before: VisitorSession, site: Site, identity: str) -> bool:
    """An identity that has run out keeps the session that it began, and begins none."""
    try:
        return before.identity is not None and before.identity == identity_read(site, identity, may_be_old=True)
    except IdentityRefused:
        return False


def _stranger(site: Site, before: VisitorSession | None) -> VisitorSession:
    return before if before and before.identity is None else session_new(site)


def visitor_of(session: VisitorSession, site: Site) -> tuple[Visitor, bool]:
    """The session's row, made where it is missing and locked: two first messages at once meet here. Needs a transaction. True: it was missing."""
    known = {}
    if session.identity:
        known = {"external_id": session.identity.id, "name": session.identity.name, "email": session.identity.email}
    made = {"company_id": session.company_id, "site": site, **known}
    visitor, is_new = Visitor.objects.select_for_update().get_or_create(pk=session.visitor_id, defaults=made)
    if not is_new and any(getattr(visitor, name) != value for name, value in known.items()):
        Visitor.objects.filter(pk=visitor.pk).update(**known)
    return visitor, is_new


def name_index(conversation: Conversation, session: VisitorSession) -> None:
    """Agents find a conversation by who it is with, too."""
    if session.identity:
        text_index(conversation, f"{session.identity.name} {session.identity.email} {session.identity.id}")


def conversations_move(stranger: VisitorSession, known: VisitorSession) -> None:
    """What somebody said before they signed in stays theirs; the stranger's session leads nowhere from then on."""
    talks = Conversation.objects.filter(visitor=stranger.visitor_id, site=stranger.site_id)
    with transaction.atomic():
        Visitor.objects.select_for_update().filter(pk=stranger.visitor_id).first()  # a first message in another tab waits here
        if not talks.exists():
            return
        visitor, _ = visitor_of(known, Site.objects.get(pk=known.site_id))
        moved = list(talks.select_for_update().values_list("pk", flat=True))
        Conversation.objects.filter(pk__in=moved).update(visitor=visitor)
        Visitor.objects.filter(pk=stranger.visitor_id, conversations=None).delete()
        for talk in Conversation.objects.filter(pk__in=moved):
            name_index(talk, known)
    for conversation_id in moved:
        desk_hint(known.company_id, known.site_id, conversation_id)
