"""`Idempotency-Key`: a request that is sent again is answered as the first one was, and nothing happens twice.

As in the IETF draft "The Idempotency-Key HTTP Header Field": the same key with another body is refused (422), while the first is still
being worked on the second is told so (409). Failures of ours are not kept: they may be tried again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from csbot.api.models import KeptReply
from csbot.api.permissions import caller_for
from csbot.lib.clock import now

KEPT_FOR = timedelta(hours=24)
WORKED_ON_FOR = timedelta(minutes=2)
LENGTH = 200


class OtherRequest(APIException):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = "This Idempotency-Key came with another request before. Use a new one for a new request."


class InProgress(APIException):
    status_code = 409
    default_code = "in_progress"
    default_detail = "The first request with this Idempotency-Key is still being worked on. Try again in a moment."


class BadKey(APIException):
    status_code = 400
    default_code = "bad_idempotency_key"
    default_detail = "An Idempotency-Key has at most 200 printable characters."


def once(request: Request, work: Callable[[], Response]) -> Response:
    """Does the work, or answers as the same request was answered before."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return work()
    if len(key) > LENGTH or not key.isprintable():
        raise BadKey
    company_id = caller_for(request).company_id
    key = _own(request, key)
    digest = _digest(request)
    KeptReply.objects.filter(company_id=company_id, key=key, at__lt=now() - KEPT_FOR).delete()
    KeptReply.objects.filter(company_id=company_id, key=key, status=None, at__lt=now() - WORKED_ON_FOR).delete()
    try:
        with transaction.atomic():
            kept = KeptReply.objects.create(company_id=company_id, key=key, request_sha256=digest)
    except IntegrityError:
        return _again(KeptReply.objects.filter(company_id=company_id, key=key).first(), digest)
    return _first(kept, work)


def _again(kept: KeptReply | None, digest: str) -> Response:
    if kept is None or (kept.request_sha256 == digest and kept.status is None):
        raise InProgress
    if kept.request_sha256 != digest:
        raise OtherRequest
    return Response(kept.body, status=kept.status, headers={"Idempotency-Replayed": "true"})


def _first(kept: KeptReply, work: Callable[[], Response]) -> Response:
    try:
        response = work()
    except BaseException:
        kept.delete()
        raise
    kept.status, kept.body = response.status_code, json.loads(json.dumps(response.data, cls=JSONEncoder))
    kept.save()
    return response


def _own(request: Request, key: str) -> str:
    """Each key and each person have idempotency keys of their own: a reply is for the eyes that it was made for."""
    who = f"key {request.auth.pk}" if request.auth is not None else f"user {request.user.pk}"
    return hashlib.sha256(f"{who}\n{key}".encode()).hexdigest()


def _digest(request: Request) -> str:
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request._request.body).hexdigest()
