"""Webhooks against a real receiver that verifies with the secret as the back office shows it."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import wait
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from standardwebhooks import Webhook, WebhookVerificationError

from csbot.accounts.models import Company, Site
from csbot.conversations.models import Conversation
from csbot.conversations.services.accept import message_accept
from csbot.conversations.services.owners import handoff_request
from csbot.lib.clock import now
from csbot.webhooks import sending
from csbot.webhooks.dispatching import AT_ONCE, OF_AN_ENDPOINT, due_start
from csbot.webhooks.models import NAMES, Delivery, Endpoint
from csbot.webhooks.sending import PAUSES_S, forget_old
from tests.csbot.conversations.chat import session_for
from tests.csbot.dashboard.desks import agent_of, conversation_of

pytestmark = pytest.mark.usefixtures("unanswered", "transactional_db", "redis_clean")


def deliver_due() -> int:
    """What is due, sent to its end."""
    started = due_start()
    wait(started)
    for one in started:
        one.result()
    return len(started)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((body, dict(self.headers)))  # type: ignore[attr-defined]
        status = self.server.answers.pop(0) if self.server.answers else 204  # type: ignore[attr-defined]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Tests are quiet."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.answers = [], []
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setattr(settings.CSBOT, "outbound_allow", [f"127.0.0.1:{server.server_address[1]}"])
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def admin(client: Client, company: Company, site: Site) -> Client:
    client.force_login(agent_of(company, "ann", "admin").user)
    return client


@pytest.fixture
def endpoint(admin: Client, receiver: Any) -> Endpoint:
    url = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
    assert admin.post(reverse("admin:webhooks_endpoint_add"), {"url": url, "events": NAMES, "is_active": "on"}).status_code == 302
    return Endpoint.objects.get()


def shown_secret(admin: Client, endpoint: Endpoint) -> str:
    page = admin.get(reverse("admin:webhooks_endpoint_change", args=[endpoint.pk])).content.decode()
    found = re.search(r"<code>(whsec_[^<]+)</code>", page)
    assert found
    return found[1]


def act(admin: Client, name: str, action: str, row: Any) -> None:
    admin.post(reverse(f"admin:webhooks_{name}_changelist"), {"action": action, "_selected_action": [str(row.pk)]})


def due() -> None:
    Delivery.objects.filter(state="waiting").update(next_at=now())


def test_a_receiver_verifies_with_the_secret_as_it_is_shown(admin: Client, endpoint: Endpoint, receiver: Any, site: Site) -> None:
    conversation = conversation_of(site, "hello there")
    handoff_request(conversation_id=conversation.pk)
    while deliver_due():
        pass
    told = [Webhook(shown_secret(admin, endpoint)).verify(body, headers) for body, headers in receiver.got]
    kinds = [event["type"] for event in told]
    assert sorted(kinds) == ["conversation.handed_over", "conversation.opened", "message.created"]
    message = told[kinds.index("message.created")]["data"]
    assert (message["message"]["text"], message["conversation"]["id"]) == ("hello there", str(conversation.pk))
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


def test_a_changed_body_or_another_secret_is_noticed(admin: Client, endpoint: Endpoint, receiver: Any) -> None:
    act(admin, "endpoint", "send_test", endpoint)
    deliver_due()
    body, headers = receiver.got[0]
    secret = shown_secret(admin, endpoint)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"works", b"broke"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 44).verify(body, headers)


def test_after_a_change_of_secrets_both_are_good_for_a_day(admin: Client, endpoint: Endpoint, receiver: Any) -> None:
    old = shown_secret(admin, endpoint)
    act(admin, "endpoint", "renew_secret", endpoint)
    new = shown_secret(admin, endpoint)
    assert old != new
    act(admin, "endpoint", "send_test", endpoint)
    deliver_due()
    for secret in (old, new):
        Webhook(secret).verify(*receiver.got[0])
    Endpoint.objects.update(before_until=now() - timedelta(seconds=1))
    act(admin, "endpoint", "send_test", endpoint)
    deliver_due()
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(*receiver.got[1])


@pytest.mark.parametrize("failure", [500, 302, 404])
def test_what_fails_is_tried_again_later_with_the_same_id(admin: Client, endpoint: Endpoint, receiver: Any, failure: int) -> None:
    receiver.answers = [failure]
    act(admin, "endpoint", "send_test", endpoint)
    began = now()
    deliver_due()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status, delivery.attempts) == ("waiting", failure, 1)
    assert delivery.next_at
    assert began + timedelta(seconds=4.5) <= delivery.next_at <= now() + timedelta(seconds=6)
    assert deliver_due() == 0
    due()
    deliver_due()
    assert Delivery.objects.get().state == "done"
    assert receiver.got[0][1]["webhook-id"] == receiver.got[1][1]["webhook-id"]
    assert len(receiver.got) == 2  # a redirect is not followed


def test_after_its_last_attempt_a_delivery_is_given_up_and_can_be_sent_by_hand(admin: Client, endpoint: Endpoint, receiver: Any) -> None:
    receiver.answers = [500] * (len(PAUSES_S) + 1)
    act(admin, "endpoint", "send_test", endpoint)
    for _ in range(len(PAUSES_S) + 1):
        due()
        deliver_due()
    assert Delivery.objects.get().state == "failed"
    act(admin, "delivery", "again", Delivery.objects.get())
    deliver_due()
    assert Delivery.objects.get().state == "done"


def test_gone_means_gone_and_long_failing_ends(admin: Client, endpoint: Endpoint, receiver: Any) -> None:
    receiver.answers = [410]
    act(admin, "endpoint", "send_test", endpoint)
    deliver_due()
    assert Endpoint.objects.get().disabled_because == "410 Gone"
    Endpoint.objects.update(is_active=True, disabled_because="", failing_since=now() - timedelta(days=4))
    receiver.answers = [500]
    act(admin, "endpoint", "send_test", endpoint)
    deliver_due()
    assert not Endpoint.objects.get().is_active


def test_what_a_dead_worker_had_claimed_is_due_again(admin: Client, endpoint: Endpoint, receiver: Any) -> None:
    act(admin, "endpoint", "send_test", endpoint)
    Delivery.objects.update(next_at=now() - timedelta(seconds=1), attempts=1)
    assert deliver_due() == 1


def test_several_workers_send_each_delivery_once(admin: Client, endpoint: Endpoint, receiver: Any) -> None:
    for _ in range(12):
        act(admin, "endpoint", "send_test", endpoint)
    threads = [threading.Thread(target=deliver_due) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while deliver_due():
        pass
    names = [headers["webhook-id"] for _, headers in receiver.got]
    assert len(names) == len(set(names)) == 12


def test_only_what_was_asked_for_is_told(admin: Client, endpoint: Endpoint, site: Site) -> None:
    Endpoint.objects.update(events=["conversation.closed"])
    conversation_of(site, "hello")
    message_accept(session=session_for(site), client_id="c", text="from the console", origin=Conversation.Origin.CONSOLE)
    Endpoint.objects.update(events=NAMES, is_active=False)
    conversation_of(site, "hello")
    Endpoint.objects.update(is_active=True, company=Company.objects.create(name="Else", slug="else"))
    conversation_of(site, "hello")
    assert not Delivery.objects.exists()


def test_an_address_inside_is_not_reached(admin: Client, endpoint: Endpoint, receiver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.CSBOT, "outbound_allow", [])
    act(admin, "endpoint", "send_test", endpoint)
    deliver_due()
    assert "not_public" in Delivery.objects.get().reply
    assert receiver.got == []


def test_bodies_are_what_receivers_can_read(admin: Client, endpoint: Endpoint, receiver: Any, site: Site) -> None:
    conversation_of(site, "你好 \u2028 😀")
    while deliver_due():
        pass
    assert any(json.loads(body)["data"].get("message", {}).get("text") == "你好 \u2028 😀" for body, _ in receiver.got)


def test_old_deliveries_are_forgotten(admin: Client, endpoint: Endpoint) -> None:
    act(admin, "endpoint", "send_test", endpoint)
    Delivery.objects.update(state="done", next_at=None, created=now() - timedelta(days=31))
    forget_old()
    assert not Delivery.objects.exists()


def test_another_companys_webhooks_are_not_there(admin: Client, endpoint: Endpoint) -> None:
    act(admin, "endpoint", "send_test", endpoint)
    eve = Client()
    eve.force_login(agent_of(Company.objects.create(name="Else", slug="else"), "eve", "admin").user)
    assert eve.get(reverse("admin:webhooks_endpoint_change", args=[endpoint.pk])).status_code == 302
    act(eve, "delivery", "again", Delivery.objects.get())
    assert endpoint.url not in eve.get(reverse("admin:webhooks_delivery_changelist")).content.decode()


def test_a_receiver_that_hangs_holds_up_nobody_else(endpoint: Endpoint, receiver: Any, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    hangs, is_over = [], threading.Event()
    real = sending.outbound_send

    def send(method: str, url: str, **rest: Any) -> Any:
        if url.endswith("/hangs"):
            hangs.append(url)
            is_over.wait(30)
        return real(method, url, **rest)

    monkeypatch.setattr(sending, "outbound_send", send)
    other = Endpoint.objects.create(company=site.company, url=endpoint.url + "/hangs", events=NAMES, sealed_secret=endpoint.sealed_secret)
    for _ in range(AT_ONCE):
        Delivery.objects.create(endpoint=other, event="message", body="{}", next_at=now() - timedelta(minutes=1))
    Delivery.objects.create(endpoint=endpoint, event="message", body="{}", next_at=now())
    started = [future for _ in range(5) for future in due_start()]
    while not receiver.got:
        time.sleep(0.01)
    assert len(hangs) == OF_AN_ENDPOINT
    assert len(started) == OF_AN_ENDPOINT + 1
    is_over.set()
    wait(started)


def test_nothing_is_sent_unsigned(endpoint: Endpoint, receiver: Any) -> None:
    Endpoint.objects.update(sealed_secret="sealed by another key")
    Delivery.objects.create(endpoint=endpoint, event="message", body="{}", next_at=now())
    deliver_due()
    assert receiver.got == []
    assert (Delivery.objects.get().state, Delivery.objects.get().reply) == ("failed", "the secret cannot be read: make a new one")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://localhost/", "http://[::1]/", "http://10.0.0.5/hook", "https://vault.internal/x"])
def test_an_address_that_would_never_be_reached_is_not_saved(admin: Client, url: str) -> None:
    page = admin.post(reverse("admin:webhooks_endpoint_add"), {"url": url, "events": NAMES, "is_active": "on"})
    assert "not public" in page.content.decode() or "valid URL" in page.content.decode()
    assert not Endpoint.objects.exists()
