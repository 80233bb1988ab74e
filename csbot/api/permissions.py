"""What a caller needs for an endpoint: `permission_classes = (Has("desk.act"),)`."""

from __future__ import annotations

from functools import cache
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from csbot.accounts.callers import Caller, Right, caller_of


@cache
def Has(right: Right) -> type[BasePermission]:  # noqa: N802 - a class is what comes out
    """Strangers are told that they are strangers (401 or 403); people and keys without the right that they lack it (403)."""

    class HasRight(BasePermission):
        def has_permission(self, request: Request, view: Any) -> bool:
            caller = caller_of(request)
            request.caller = caller  # type: ignore[attr-defined] # asked once a request
            return caller is not None and caller.may(right)

    return HasRight


def caller_for(request: Request) -> Caller:
    """The caller behind a request that a permission class let through."""
    caller: Caller = request.caller  # type: ignore[attr-defined]
    return caller
