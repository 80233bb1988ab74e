"""What the endpoints for programs share: the site that a call is about, checked bodies, and pages."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import APIException, NotFound
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from csbot.accounts.callers import Caller
from csbot.accounts.models import Site
from csbot.api.permissions import caller_for

PAGE = 50


class Unavailable(APIException):
    status_code = 503
    default_code = "unavailable"
    default_detail = "Nobody answers questions at the moment. Try again shortly."


class Endpoint(APIView):
    request: Request

    def checked(self, shape: type[Serializer[Any]]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        found: dict[str, Any] = body.validated_data
        return found

    def caller(self) -> Caller:
        return caller_for(self.request)

    def site(self, key: str = "") -> Site:
        """Named by its key, else the first that the caller sees. One of somebody else looks like a missing one."""
        sites = Site.objects.filter(company_id=self.caller().company_id, is_active=True).order_by("created")
        if (seen := self.caller().sites) is not None:
            sites = sites.filter(pk__in=seen)
        key = key or self.request.query_params.get("site", "")
        if not key.isprintable():  # what no database can hold
            raise NotFound
        site = sites.filter(key=key).first() if key else sites.first()
        if site is None:
            raise NotFound
        return site

    def after(self) -> str:
        """The cursor: where the page before ended. What no database can hold begins from the start."""
        cursor = self.request.query_params.get("cursor", "")
        return cursor if cursor.isprintable() else ""
