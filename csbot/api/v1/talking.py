"""Conversations for programs: begin one, say something in it as the visitor, read what was said."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from csbot.api.idempotency import once
from csbot.api.permissions import Has
from csbot.api.v1 import shapes
from csbot.api.v1.base import PAGE, Endpoint, Unavailable
from csbot.conversations.access import conversation_for_caller
from csbot.conversations.asking import NothingRuns, TimedOut, answer_wait, question_ask, reply_as_json
from csbot.conversations.errors import NotYours
from csbot.conversations.identity import Identity
from csbot.conversations.limits import message_take
from csbot.conversations.messages import message_data
from csbot.conversations.models import Conversation, Message
from csbot.conversations.services.accept import conversation_start, message_accept
from csbot.conversations.sessions import VisitorSession
from csbot.dashboard import rows
from csbot.dashboard.api.shapes import InboxQuery, RowShape
from csbot.lib.ids import new_id

CURSOR = OpenApiParameter("cursor", str, description="`next` of the page before.")
IDEMPOTENCY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key and body: the same answer, and one effect.")
API_PER_MINUTE = 600


class ConversationPage(shapes.Shape):
    results = RowShape(many=True)
    next = serializers.CharField(allow_null=True)


class ConversationsView(Endpoint):
    def get_permissions(self) -> list[Any]:
        return [Has("chat" if self.request.method == "POST" else "desk.read")()]

    @extend_schema(parameters=[InboxQuery], responses=ConversationPage, summary="Conversations, newest first", operation_id="conversations_list")
    def get(self, request: Request) -> Response:
        asked = InboxQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wish = asked.validated_data
        seen = rows.of_view(rows.visible(self.caller()), wish["view"], self.caller())
        narrowed = rows.filtered(seen, query=wish["q"], site=wish.get("site"), label=wish.get("label"))
        found, following = rows.page_of(narrowed, wish["view"], wish["cursor"])
        return Response({"results": rows.rows_of(found, self.caller()), "next": following})

    @extend_schema(parameters=[IDEMPOTENCY], request=shapes.ConversationRequest, responses={201: RowShape}, summary="Begin a conversation")
    def post(self, request: Request) -> Response:
        return once(request, self._begin)

    def _begin(self) -> Response:
        wish = self.checked(shapes.ConversationRequest)
        site = self.site(wish.get("site", ""))
        identity = Identity(**wish["visitor"]) if "visitor" in wish else None
        session = VisitorSession(site.company_id, site.pk, new_id(), identity)
        conversation = conversation_start(session=session, origin=Conversation.Origin.API)
        found = Conversation.objects.select_related("site", "agent", "visitor").get(pk=conversation.pk)
        return Response(rows.rows_of([found], self.caller())[0], status=201)


class MessagesView(Endpoint):
    def get_permissions(self) -> list[Any]:
        return [Has("chat" if self.request.method == "POST" else "desk.read")()]

    @extend_schema(parameters=[CURSOR], responses=shapes.MessagePage, summary="What was said, oldest first")
    def get(self, request: Request, conversation_id: UUID) -> Response:
        conversation = conversation_for_caller(self.caller(), conversation_id)
        messages = conversation.messages.select_related("agent", "feedback").order_by("created", "id")
        if cursor := self.after():
            last = _message(conversation, cursor)
            messages = messages.filter(Q(created__gt=last.created) | Q(created=last.created, pk__gt=last.pk))
        found = list(messages[: PAGE + 1])
        following = str(found[PAGE - 1].pk) if len(found) > PAGE else None
        return Response({"results": [message_data(message) for message in found[:PAGE]], "next": following})

    @extend_schema(
        parameters=[IDEMPOTENCY],
        request=shapes.MessageRequest,
        responses={200: shapes.AnswerShape, 202: shapes.AnswerShape},
        summary="Say something as the visitor of a conversation that was begun through the API",
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        return once(request, lambda: self._say(conversation_id))

    def _say(self, conversation_id: UUID) -> Response:
        wish = self.checked(shapes.MessageRequest)
        conversation = api_conversation(self.caller(), conversation_id)
        message_take(conversation.company_id, per_minute=API_PER_MINUTE)
        session = VisitorSession(conversation.company_id, conversation.site_id, conversation.visitor_id)
        start = time.monotonic()
        accepted = message_accept(
            session=session,
            client_id=wish.get("client_id") or str(new_id()),
            text=wish["text"],
            origin=Conversation.Origin.API,
            language=wish.get("language"),
        )
        told: dict[str, Any] = {"conversation": str(conversation.pk), "message": str(accepted.message.pk)}
        try:
            reply = answer_wait(accepted, start, wish["wait_s"])
        except (TimedOut, NotYours):  # not there yet, or a person has the conversation
            return Response(told, status=202)
        return Response({**told, **without_trace(reply_as_json(reply))})


class SearchView(Endpoint):
    permission_classes = (Has("knowledge.read"),)

    @extend_schema(request=shapes.SearchRequest, responses=shapes.SearchShape, summary="What would be answered, and why; kept out of the reports")
    def post(self, request: Request) -> Response:
        wish = self.checked(shapes.SearchRequest)
        site = self.site(wish.get("site", ""))
        message_take(site.company_id, per_minute=API_PER_MINUTE)
        try:
            reply = question_ask(wish["text"], site_key=site.key, language=wish.get("language"), timeout_s=55)
        except (NothingRuns, TimedOut) as error:
            raise Unavailable from error
        return Response({"message": str(reply.turn.question_id), **reply_as_json(reply)})


def api_conversation(caller: Any, conversation_id: UUID) -> Conversation:
    """Programs speak as the visitor only where a program began; without the right to read, where the site is theirs."""
    found = Conversation.objects.filter(pk=conversation_id, company_id=caller.company_id, origin=Conversation.Origin.API).first()
    if found is None or not caller.sees_site(found.site_id):
        raise NotYours
    return found


def without_trace(reply: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in reply.items() if name not in ("trace", "filter", "rung", "grounded")}


def _message(conversation: Conversation, key: str) -> Message:
    try:
        return conversation.messages.get(pk=UUID(key))
    except (ValueError, Message.DoesNotExist) as error:
        raise NotYours from error
