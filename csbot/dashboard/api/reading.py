"""What a desk reads: who I am, the inbox, one conversation, canned replies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from csbot.accounts.callers import Caller
from csbot.accounts.models import Agent, Company, Site
from csbot.api.permissions import Has, caller_for
from csbot.conversations.access import conversation_for_caller
from csbot.conversations.models import CannedReply, Label
from csbot.conversations.presence import connected_agents
from csbot.dashboard import rows
from csbot.dashboard.api import shapes
from csbot.dashboard.details import conversation_detail
from csbot.lib.clock import now, to_wire


class MeView(APIView):
    permission_classes = (Has("desk.read"),)

    @extend_schema(responses=shapes.MeShape, summary="Who calls, and what they may do")
    def get(self, request: Request) -> Response:
        caller = caller_for(request)
        colleagues = colleagues_of(caller)
        own = str(caller.agent.pk) if caller.agent else ""
        sites = Site.objects.filter(company_id=caller.company_id, **({} if caller.sites is None else {"pk__in": caller.sites}))
        body = {
            "agent": next((colleague for colleague in colleagues if colleague["id"] == own), None),
            "company": Company.objects.get(pk=caller.company_id).name,
            "rights": sorted(caller.rights),
            "sites": [{"id": str(site.pk), "name": site.name} for site in sites.order_by("name")],
            "labels": list(Label.objects.filter(company_id=caller.company_id).values("id", "name", "colour")),
            "agents": colleagues,
        }
        return Response(body)


def colleagues_of(caller: Caller) -> list[dict[str, Any]]:
    connected = connected_agents(caller.company_id)
    people = Agent.objects.filter(company_id=caller.company_id, user__is_active=True)
    held = Count("conversations", filter=Q(conversations__owner="agent") & ~Q(conversations__origin="demo"))
    return [
        {
            "id": str(agent.pk),
            "name": agent.display_name,
            "role": agent.role,
            "is_online": agent.pk in connected,
            "is_available": agent.is_available,
            "open": agent.held,
            "capacity": agent.capacity,
        }
        for agent in people.annotate(held=held).order_by("display_name")
    ]


class InboxView(APIView):
    permission_classes = (Has("desk.read"),)

    @extend_schema(parameters=[shapes.InboxQuery], responses=shapes.InboxShape, summary="Conversations: a page of a view, or what changed since")
    def get(self, request: Request) -> Response:
        caller = caller_for(request)
        asked = shapes.InboxQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wish = asked.validated_data
        moment = now()
        seen = rows.visible(caller)
        if since := wish.get("since"):
            found, is_complete = rows.changed_since(seen, since)
            following = None
        else:
            narrowed = rows.filtered(rows.of_view(seen, wish["view"], caller), query=wish["q"], site=wish.get("site"), label=wish.get("label"))
            (found, following), is_complete = rows.page_of(narrowed, wish["view"], wish["cursor"]), True
        body = {"results": rows.rows_of(found, caller), "next": following, "counts": rows.counts_of(caller)}
        return Response({**body, "now": to_wire(moment), "is_complete": is_complete})


class ConversationView(APIView):
    permission_classes = (Has("desk.read"),)

    @extend_schema(responses=shapes.DetailShape, summary="One conversation with everything that was said")
    def get(self, request: Request, conversation_id: UUID) -> Response:
        caller = caller_for(request)
        return Response(conversation_detail(conversation_for_caller(caller, conversation_id), caller))


class CannedView(APIView):
    permission_classes = (Has("desk.read"),)

    @extend_schema(responses=shapes.CannedShape(many=True), summary="Canned replies that the caller may use")
    def get(self, request: Request) -> Response:
        caller = caller_for(request)
        replies = CannedReply.objects.filter(company_id=caller.company_id)
        if caller.sites is not None:
            replies = replies.filter(Q(site=None) | Q(site__in=caller.sites))
        return Response(list(replies.values("id", "shortcut", "language", "category", "text")))
