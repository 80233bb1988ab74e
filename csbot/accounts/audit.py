"""The audit log: who did what in a company. Written beside the change, in the same transaction; nothing here ever changes an entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db.models import Model, Q
from django.http import HttpRequest

from csbot.accounts.models import Agent, AuditEntry, User
from knowledge import facade as knowledge

NAME, ID = 200, 64


def audit_write(
    *,
    company_id: UUID,
    who: User | str,
    action: str,
    obj: Model | None = None,
    name: str = "",
    kind: str = "",
    changes: Any = None,
    request: HttpRequest | None = None,
) -> None:
    """`who` is a person, or the name of what is none, such as a key. `action` is a short word (csbot.accounts.admin has them); `changes` is JSON."""
    user = None if isinstance(who, str) else who
    AuditEntry.objects.create(
        company_id=company_id,
        user=user,
        actor=who if isinstance(who, str) else who.get_username(),
        action=action,
        object_type=obj._meta.label if obj else kind,
        object_id=str(obj.pk)[:ID] if obj else "",
        object_name=(name or (str(obj) if obj else ""))[:NAME],
        changes=changes or {},
        address=request.META.get("REMOTE_ADDR") or None if request else None,
    )


def _not_signed_in(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Known names only: what strangers type is no company's business."""
    agent = Agent.objects.select_related("user").filter(user__username__iexact=str(credentials.get("username", ""))[:150]).first()
    if agent:
        audit_write(company_id=agent.company_id, who=agent.user, action="sign_in_failed", request=request)


def _door(action: str) -> Callable[..., None]:
    def write(sender: Any, user: User, request: HttpRequest | None = None, **_: Any) -> None:
        agent = Agent.objects.filter(user=user).first()
        if agent:
            audit_write(company_id=agent.company_id, who=user, action=action, request=request)

    return write


_signed_in, _added, _removed, _wrong_code = map(_door, ("signed_in", "second_factor_added", "second_factor_removed", "sign_in_failed"))


def _of_knowledge(what: str, company_id: UUID, actor: str, name: str, kind: str) -> None:
    """`actor` is what the door called them: a person's name to sign in with, or a key's own name, which is nobody's."""
    of_company = Q(agent__company=company_id) | Q(is_superuser=True)
    who = User.objects.filter(of_company, username=actor).first() or actor
    audit_write(company_id=company_id, who=who, action=what, name=name, kind=kind)


def listen() -> None:
    knowledge.listen(_of_knowledge)
    authenticator_added.connect(_added, dispatch_uid="audit_second_factor_added")
    authenticator_removed.connect(_removed, dispatch_uid="audit_second_factor_removed")
    authentication_failed.connect(_wrong_code, dispatch_uid="audit_wrong_code")
    user_login_failed.connect(_not_signed_in, dispatch_uid="audit_not_signed_in")
    user_logged_in.connect(_signed_in, dispatch_uid="audit_signed_in")
