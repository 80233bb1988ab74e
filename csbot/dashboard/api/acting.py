"""What an agent does with a conversation. Each deed answers with the row as it is afterwards.

Deeds that change the owner need `If-Match: <ver>` (C6). Programs with a key read and write nothing here: a reply is a person's.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from csbot.accounts.models import Agent
from csbot.api.permissions import Has, caller_for
from csbot.conversations.access import conversation_for_caller
from csbot.conversations.errors import NotYours, Refused
from csbot.conversations.models import Conversation, Label
from csbot.conversations.services import desk
from csbot.dashboard import rows
from csbot.dashboard.api import shapes
from csbot.dashboard.details import note_data

VERSION = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True, description="The owner's version that the caller saw.")


class Deed(APIView):
    """A deed on one conversation that the caller sees."""

    permission_classes = (Has("desk.act"),)

    def conversation(self, conversation_id: UUID) -> Conversation:
        return conversation_for_caller(caller_for(self.request), conversation_id)

    def agent(self) -> Agent:
        agent = caller_for(self.request).agent
        if agent is None:
            raise PermissionDenied
        return agent

    def version(self) -> int:
        named = self.request.headers.get("If-Match", "").strip('W/" ')
        if not named.isascii() or not named.isdecimal() or len(named) > 9:
            raise Refused("version_needed")
        return int(named)

    def checked(self, shape: type[shapes.Shape]) -> Any:
        asked = shape(data=self.request.data)
        asked.is_valid(raise_exception=True)
        return asked.validated_data

    def row(self, conversation_id: UUID) -> Response:
        caller = caller_for(self.request)
        return Response(rows.rows_of([conversation_for_caller(caller, conversation_id)], caller)[0])


class TakeView(Deed):
    @extend_schema(parameters=[VERSION], request=shapes.TakeRequest, responses=shapes.RowShape, summary="Take a conversation")
    def post(self, request: Request, conversation_id: UUID) -> Response:
        wish = self.checked(shapes.TakeRequest)
        key = self.conversation(conversation_id).pk
        desk.conversation_take(conversation_id=key, agent=self.agent(), version=self.version(), force=wish["force"])
        return self.row(key)


class ReplyView(Deed):
    @extend_schema(parameters=[VERSION], request=shapes.SaidRequest, responses=shapes.RowShape, summary="Reply to the visitor")
    def post(self, request: Request, conversation_id: UUID) -> Response:
        said = self.checked(shapes.SaidRequest)
        key = self.conversation(conversation_id).pk
        desk.agent_reply(conversation_id=key, agent=self.agent(), version=self.version(), **said)
        return self.row(key)


class NoteView(Deed):
    @extend_schema(request=shapes.SaidRequest, responses=shapes.NoteShape, summary="Write a private note")
    def post(self, request: Request, conversation_id: UUID) -> Response:
        said = self.checked(shapes.SaidRequest)
        note = desk.note_add(conversation_id=self.conversation(conversation_id).pk, agent=self.agent(), **said)
        return Response(note_data(note))


class ReleaseView(Deed):
    @extend_schema(parameters=[VERSION], request=None, responses=shapes.RowShape, summary="Hand back to the bot")
    def post(self, request: Request, conversation_id: UUID) -> Response:
        key = self.conversation(conversation_id).pk
        desk.conversation_release(conversation_id=key, agent=self.agent(), version=self.version())
        return self.row(key)


class TransferView(Deed):
    @extend_schema(parameters=[VERSION], request=shapes.TransferRequest, responses=shapes.RowShape, summary="Pass on to a colleague or to the queue")
    def post(self, request: Request, conversation_id: UUID) -> Response:
        wish = self.checked(shapes.TransferRequest)
        key = self.conversation(conversation_id).pk
        to = self._colleague(wish["agent"]) if wish["agent"] else None
        desk.conversation_transfer(conversation_id=key, agent=self.agent(), version=self.version(), to=to, note=wish["note"])
        return self.row(key)

    def _colleague(self, agent_id: UUID) -> Agent:
        colleague = Agent.objects.filter(pk=agent_id, company_id=caller_for(self.request).company_id).select_related("user").first()
        if colleague is None:
            raise NotYours
        return colleague


class CloseView(Deed):
    @extend_schema(parameters=[VERSION], request=None, responses=shapes.RowShape, summary="Close a conversation")
    def post(self, request: Request, conversation_id: UUID) -> Response:
        key = self.conversation(conversation_id).pk
        desk.conversation_close(conversation_id=key, agent=self.agent(), version=self.version())
        return self.row(key)


class ReopenView(Deed):
    @extend_schema(parameters=[VERSION], request=None, responses=shapes.RowShape, summary="Open a closed conversation again")
    def post(self, request: Request, conversation_id: UUID) -> Response:
        key = self.conversation(conversation_id).pk
        desk.conversation_reopen(conversation_id=key, agent=self.agent(), version=self.version())
        return self.row(key)


class LabelsView(Deed):
    @extend_schema(request=shapes.LabelsRequest, responses=shapes.RowShape, summary="Set the labels")
    def put(self, request: Request, conversation_id: UUID) -> Response:
        wish = self.checked(shapes.LabelsRequest)
        conversation = self.conversation(conversation_id)
        labels = list(Label.objects.filter(pk__in=wish["labels"], company_id=conversation.company_id))
        if len(labels) != len(set(wish["labels"])):
            raise NotYours
        desk.labels_set(conversation_id=conversation.pk, labels=labels)
        return self.row(conversation.pk)


class ReadView(Deed):
    permission_classes = (Has("desk.read"),)

    @extend_schema(request=shapes.ReadRequest, responses={204: None}, summary="Mark as read up to a sequence number")
    def post(self, request: Request, conversation_id: UUID) -> Response:
        seq = self.checked(shapes.ReadRequest)["seq"]
        desk.conversation_read(conversation=self.conversation(conversation_id), agent=self.agent(), seq=seq)
        return Response(status=204)


class TypingView(Deed):
    @extend_schema(request=None, responses={204: None}, summary="Tell that the agent is writing")
    def post(self, request: Request, conversation_id: UUID) -> Response:
        desk.agent_types(conversation=self.conversation(conversation_id), agent=self.agent())
        return Response(status=204)


class NextView(Deed):
    @extend_schema(request=None, responses={200: shapes.RowShape, 204: None}, summary="Take whoever has waited longest")
    def post(self, request: Request) -> Response:
        taken = desk.queue_next(rows=rows.visible(caller_for(request)), agent=self.agent())
        return self.row(taken) if taken else Response(status=204)


class AvailabilityView(Deed):
    @extend_schema(request=shapes.AvailabilityRequest, responses={204: None}, summary="Say whether one takes conversations")
    def put(self, request: Request) -> Response:
        desk.availability_set(agent=self.agent(), **self.checked(shapes.AvailabilityRequest))
        return Response(status=204)
