"""The audit log: who did what in a company. Written beside the change, in the same transaction; nothing here ever changes an entry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db.models import Model, Q
from django.http import HttpRequest

from csbot.accounts.models import Agent, AuditEntry, User
from knowledge import facade as knowledge

NAME, ID = 200, 64


def audit_write(
    *,
    company_id: UUID,
    user: User | None,
    action: str,
    obj: Model | None = None,
    name: str = "",
    actor: str = "",
    changes: Any = None,
    request: HttpRequest | None = None,
) -> None:
    """`action` is a short word such as added, changed, deleted, signed_in, published; `changes` is JSON."""
    AuditEntry.objects.create(
        company_id=company_id,
        user=user,
        actor=user.get_username() if user else actor,
        action=action,
        object_type=obj._meta.label if obj else "",
        object_id=str(obj.pk)[:ID] if obj else "",
        object_name=(name or (str(obj) if obj else ""))[:NAME],
        changes=changes or {},
        address=request.META.get("REMOTE_ADDR") or None if request else None,
    )


def _signed_in(sender: type, request: HttpRequest | None, user: User, **_: Any) -> None:
    agent = Agent.objects.filter(user=user).first()
    if agent:
        audit_write(company_id=agent.company_id, user=user, action="signed_in", request=request)


def _not_signed_in(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Known names only: what strangers type is no company's business."""
    agent = Agent.objects.select_related("user").filter(user__username__iexact=str(credentials.get("username", ""))[:150]).first()
    if agent:
        audit_write(company_id=agent.company_id, user=agent.user, action="sign_in_failed", request=request)


def _wrong_code(sender: Any, user: User, request: HttpRequest | None = None, **_: Any) -> None:
    agent = Agent.objects.filter(user=user).first()
    if agent:
        audit_write(company_id=agent.company_id, user=user, action="sign_in_failed", request=request)


def _of_knowledge(what: str, company_id: UUID, actor: str, name: str) -> None:
    """`actor` is what the door called them: a person's name to sign in with, or a key's own name, which is nobody's."""
    of_company = Q(agent__company=company_id) | Q(is_superuser=True)
    audit_write(company_id=company_id, user=User.objects.filter(of_company, username=actor).first(), action=what, name=name, actor=actor)


def listen() -> None:
    knowledge.listen(_of_knowledge)
    authentication_failed.connect(_wrong_code, dispatch_uid="audit_wrong_code")
    user_login_failed.connect(_not_signed_in, dispatch_uid="audit_not_signed_in")
    user_logged_in.connect(_signed_in, dispatch_uid="audit_signed_in")
