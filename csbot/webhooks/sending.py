"""Sends one delivery: signed as Standard Webhooks say, tried again with growing pauses, and given up after three days.

A row is claimed (csbot.webhooks.dispatching) before it is sent, so that several workers never send the same attempt; one whose worker died
is due again when its claim has run out. Receivers may see a delivery twice, and tell by its id.
"""

from __future__ import annotations

import base64
import random
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from standardwebhooks import Webhook

from csbot.lib.clock import now
from csbot.lib.outbound import OutboundFailed, OutboundRefused, Reply, allowed_for, outbound_send
from csbot.lib.sealed import seal, unseal
from csbot.webhooks.models import Delivery, Endpoint

PAUSES_S = (5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600, 40 * 3600)
CLAIM = timedelta(seconds=60)
TIMEOUT_S = 10.0
MAX_REPLY = 16 * 1024
PATIENCE = timedelta(days=3)
BEFORE_SIGNS_FOR = timedelta(days=1)
KEEP = timedelta(days=30)
State = Delivery.State


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def secret_renew(endpoint: Endpoint) -> None:
    """The old one signs along for a day, so that a receiver can change over without a gap."""
    endpoint.sealed_secret_before, endpoint.before_until = endpoint.sealed_secret, now() + BEFORE_SIGNS_FOR
    endpoint.sealed_secret = seal(new_secret())
    endpoint.save()


def deliver(delivery: Delivery) -> None:
    """One attempt at a claimed delivery."""
    endpoint = delivery.endpoint
    delivery.tried = now()
    if not endpoint.is_active:
        _end(delivery, State.FAILED, None, "the webhook was switched off")
        return
    headers = headers_of(delivery)
    if not headers["webhook-signature"]:
        _end(delivery, State.FAILED, None, "the secret cannot be read: make a new one")
        return
    try:
        reply = outbound_send(
            "POST",
            endpoint.url,
            headers=headers,
            content=delivery.body.encode(),
            timeout_s=TIMEOUT_S,
            max_bytes=MAX_REPLY,
            allowed=allowed_for(endpoint.company.slug, settings.CSBOT.outbound_allow),
        )
    except (OutboundFailed, OutboundRefused) as error:
        _again(delivery, None, str(error))
        return
    _judge(delivery, reply)


def _judge(delivery: Delivery, reply: Reply) -> None:
    delivery.ms = reply.ms
    said = reply.body[:300].decode("utf-8", "replace").replace("\x00", "")
    if 200 <= reply.status < 300:
        _end(delivery, State.DONE, reply.status, said)
        Endpoint.objects.filter(pk=delivery.endpoint_id).update(failing_since=None)
    elif reply.status == 410:
        _end(delivery, State.FAILED, reply.status, said)
        Endpoint.objects.filter(pk=delivery.endpoint_id).update(is_active=False, disabled_because="410 Gone")
    else:
        _again(delivery, reply.status, said)


def _again(delivery: Delivery, status: int | None, said: str) -> None:
    Endpoint.objects.filter(pk=delivery.endpoint_id, failing_since=None).update(failing_since=now())
    Endpoint.objects.filter(pk=delivery.endpoint_id, is_active=True, failing_since__lt=now() - PATIENCE).update(
        is_active=False, disabled_because="no delivery for three days"
    )
    if delivery.attempts > len(PAUSES_S):
        _end(delivery, State.FAILED, status, said)
        return
    pause = PAUSES_S[delivery.attempts - 1] * random.uniform(0.9, 1.2)  # noqa: S311 - so that many do not come back at once
    _write(delivery, State.WAITING, status, said, now() + timedelta(seconds=pause))


def _end(delivery: Delivery, state: Delivery.State, status: int | None, said: str) -> None:
    _write(delivery, state, status, said, None)


def _write(delivery: Delivery, state: Delivery.State, status: int | None, said: str, next_at: datetime | None) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state, status=status, reply=said[:300], next_at=next_at, ms=delivery.ms, tried=delivery.tried
    )


def send_again(delivery: Delivery) -> None:
    """By hand: at once, with all its attempts before it."""
    Delivery.objects.filter(pk=delivery.pk).update(state=State.WAITING, next_at=now(), attempts=0)


def headers_of(delivery: Delivery) -> dict[str, str]:
    endpoint, name, moment = delivery.endpoint, f"msg_{delivery.pk.hex}", now()
    keys = [unseal(endpoint.sealed_secret)]
    if endpoint.before_until and endpoint.before_until > moment:
        keys.append(unseal(endpoint.sealed_secret_before))
    return {
        "Content-Type": "application/json",
        "User-Agent": "csbot-webhooks/1",
        "webhook-id": name,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(name, moment, delivery.body) for key in keys if key),
    }


def forget_old() -> None:
    Delivery.objects.filter(created__lt=now() - KEEP).exclude(state=State.WAITING).delete()
