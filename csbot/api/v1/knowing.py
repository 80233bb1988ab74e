"""FAQs and articles for programs: read, written one by one or many at once, and published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException, NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from csbot.accounts.audit import audit_write
from csbot.api.idempotency import once
from csbot.api.permissions import Has
from csbot.api.v1 import shapes
from csbot.api.v1.base import Endpoint
from csbot.api.v1.talking import CURSOR, IDEMPOTENCY
from knowledge import facade as knowledge

SITE = OpenApiParameter("site", str, description="Key of a site, for its knowledge base; the first one where it is missing.")
KEY_LENGTH = 80


class KeyTaken(APIException):
    status_code = 409
    default_code = "key_taken"
    default_detail = "Something of this key is there already, or the key is reserved."


class KnowledgeEndpoint(Endpoint):
    def get_permissions(self) -> list[Any]:
        return [Has("knowledge.read" if self.request.method == "GET" else "knowledge.edit")()]

    def base(self) -> str:
        return str(self.site().knowledge_base_id)

    def wrote(self, what: str, kind: str, key: str) -> None:
        """Into the audit log, under the name of the key or the person."""
        caller = self.caller()
        audit_write(
            company_id=caller.company_id,
            who=caller.agent.user if caller.agent else caller.name,
            action=what,
            name=key,
            kind=kind,
            request=self.request._request,
        )

    def found(self, look: Callable[[], Any]) -> Any:
        try:
            return look()
        except LookupError as error:
            raise NotFound from error


def _created(base: str, row: dict[str, Any]) -> Any:
    try:
        return knowledge.faq_create(base, row)
    except ValueError as error:
        raise KeyTaken from error


class FaqsView(KnowledgeEndpoint):
    @extend_schema(parameters=[SITE, CURSOR, OpenApiParameter("q", str)], responses=shapes.FaqPage, summary="FAQs by key", operation_id="faqs_list")
    def get(self, request: Request) -> Response:
        query = request.query_params.get("q", "")[:200].replace("\x00", "")
        found, following = knowledge.faqs_page(self.base(), query=query, after=self.after())
        return Response({"results": found, "next": following})

    @extend_schema(parameters=[SITE, IDEMPOTENCY], request=shapes.FaqRequest, responses={201: shapes.FaqShape}, summary="Make a FAQ")
    def post(self, request: Request) -> Response:
        return once(request, self._create)

    def _create(self) -> Response:
        row = self.checked(shapes.FaqRequest)
        made = _created(self.base(), row)
        self.wrote("added", "knowledge.Faq", row["key"])
        return Response(made, status=201)


class FaqView(KnowledgeEndpoint):
    @extend_schema(parameters=[SITE], responses=shapes.FaqShape, summary="One FAQ")
    def get(self, request: Request, key: str) -> Response:
        return Response(self.found(lambda: knowledge.faq_read(self.base(), key)))

    @extend_schema(parameters=[SITE], request=shapes.FaqBody, responses=shapes.FaqShape, summary="Write a FAQ anew, for the next publishing")
    def put(self, request: Request, key: str) -> Response:
        row = self.checked(shapes.FaqBody)
        faq = self.found(lambda: knowledge.faq_update(self.base(), key, row))
        self.wrote("changed", "knowledge.Faq", key)
        return Response(faq)

    @extend_schema(parameters=[SITE], responses={204: None}, summary="Delete a FAQ")
    def delete(self, request: Request, key: str) -> Response:
        self.found(lambda: knowledge.faq_delete(self.base(), key))
        self.wrote("deleted", "knowledge.Faq", key)
        return Response(status=204)


class FaqImportView(KnowledgeEndpoint):
    @extend_schema(
        parameters=[SITE, IDEMPOTENCY], request=shapes.ImportRequest, responses=shapes.ImportShape, summary="Make or write many FAQs: all or none"
    )
    def post(self, request: Request) -> Response:
        return once(request, self._import)

    def _import(self) -> Response:
        rows, base = self.checked(shapes.ImportRequest)["faqs"], self.base()
        created = 0
        with transaction.atomic():
            for row in rows:
                try:
                    knowledge.faq_update(base, row["key"], row)
                except LookupError:
                    _created(base, row)
                    created += 1
            self.wrote("imported", "knowledge.Faq", str(len(rows)))
        return Response({"created": created, "updated": len(rows) - created})


class PublishView(KnowledgeEndpoint):
    @extend_schema(parameters=[SITE], request=None, responses={202: shapes.PublishShape}, summary="Publish: a snapshot of what is there is made")
    def post(self, request: Request) -> Response:
        return Response({"started": knowledge.publishing_start(self.base(), actor=self.caller().name)}, status=202)


class ArticlesView(KnowledgeEndpoint):
    @extend_schema(parameters=[SITE, CURSOR], responses=shapes.ArticlePage, summary="Articles by key and language", operation_id="articles_list")
    def get(self, request: Request) -> Response:
        found, following = knowledge.articles_page(self.base(), after=self.after())
        return Response({"results": found, "next": following})


class ArticleView(KnowledgeEndpoint):
    @extend_schema(parameters=[SITE], responses=shapes.ArticleShape, summary="One article")
    def get(self, request: Request, key: str, language: str) -> Response:
        return Response(self.found(lambda: knowledge.article_read(self.base(), key, language)))

    @extend_schema(
        parameters=[SITE], request=shapes.ArticleBody, responses={200: shapes.ArticleShape, 201: shapes.ArticleShape}, summary="Write an article"
    )
    def put(self, request: Request, key: str, language: str) -> Response:
        if language not in shapes.LANGUAGE or len(key) > KEY_LENGTH:
            raise NotFound
        article, is_new = knowledge.article_put(self.base(), key, language, self.checked(shapes.ArticleBody))
        self.wrote("added" if is_new else "changed", "knowledge.Article", f"{key} {language}")
        return Response(article, status=201 if is_new else 200)

    @extend_schema(parameters=[SITE], responses={204: None}, summary="Delete an article")
    def delete(self, request: Request, key: str, language: str) -> Response:
        self.found(lambda: knowledge.article_delete(self.base(), key, language))
        self.wrote("deleted", "knowledge.Article", f"{key} {language}")
        return Response(status=204)
