"""Who comes in, and to which knowledge base: one of one's own company's and, for people who see some sites only, of theirs.

Superusers without a company come in as somebody of the company that the base or site belongs to. What is not theirs is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from csbot.accounts.callers import RIGHTS_OF_ROLE, Caller, Right, caller_of
from csbot.accounts.models import Site
from csbot.conversations.access import turn_for_caller
from csbot.conversations.errors import NotYours
from csbot.conversations.models import Turn
from knowledge import facade as knowledge


@dataclass(frozen=True, slots=True)
class Base:
    """`others`: (id, name) of all that the caller may choose among, this one included."""

    id: UUID
    name: str
    others: list[tuple[UUID, str]]


def _own(request: HttpRequest, right: Right) -> Caller | None:
    """None for a superuser without a company."""
    caller = caller_of(request)
    if caller is None and request.user.is_superuser:
        return None
    if caller is None or not caller.may(right):
        raise PermissionDenied
    return caller


def _as_of(request: HttpRequest, company_id: UUID) -> Caller:
    return Caller(company_id, None, RIGHTS_OF_ROLE["admin"], request.user.get_username())


def bases(request: HttpRequest, right: Right) -> list[tuple[UUID, str]]:
    caller = _own(request, right)
    found = knowledge.bases_of(caller.company_id if caller else None)
    if caller is None or caller.sites is None:
        return found
    theirs = set(Site.objects.filter(pk__in=caller.sites).values_list("knowledge_base", flat=True))
    return [(pk, name) for pk, name in found if pk in theirs]


def base_door(request: HttpRequest, pk: UUID, right: Right) -> tuple[Caller, Base]:
    """Raises PermissionDenied, or Http404 for a base that is not one of theirs."""
    own = bases(request, right)
    names = dict(own)
    company = knowledge.company_of_base(pk)
    if pk not in names or company is None:
        raise Http404
    return _own(request, right) or _as_of(request, company), Base(pk, names[pk], own)


def sites(request: HttpRequest, right: Right) -> QuerySet[Site]:
    caller = _own(request, right)
    rows = Site.objects.filter(is_active=True).order_by("name")
    if caller is None:
        return rows
    rows = rows.filter(company_id=caller.company_id)
    return rows if caller.sites is None else rows.filter(pk__in=caller.sites)


def caller_at(request: HttpRequest, site: Site, right: Right) -> Caller:
    return _own(request, right) or _as_of(request, site.company_id)


def turn_door(request: HttpRequest, pk: UUID, right: Right) -> tuple[Caller, Turn]:
    caller = _own(request, right)
    if caller is None:
        company = Turn.objects.filter(pk=pk).values_list("conversation__company", flat=True).first()
        if company is None:
            raise Http404
        caller = _as_of(request, company)
    try:
        return caller, turn_for_caller(caller, pk)
    except NotYours as error:
        raise Http404 from error
