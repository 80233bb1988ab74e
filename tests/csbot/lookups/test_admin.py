"""Lookups in the back office: defined, tried out, and secrets kept."""

from __future__ import annotations

from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from csbot.accounts.models import Company
from csbot.lib.sealed import unseal
from csbot.lookups.models import Lookup
from tests.csbot.dashboard.desks import agent_of

ADD = "admin:lookups_lookup_add"


@pytest.fixture
def admin(client: Client, company: Company) -> Client:
    client.force_login(agent_of(company, "ann", "admin").user)
    return client


def form(**more: str) -> dict[str, str]:
    slots = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "10"}
    slot = {"name": "number", "pattern": "T[0-9]{3}", "sample": "T100", "question_zh": "哪个？", "question_en": "Which?", "place": "0"}
    return {
        "key": "orders",
        "is_active": "on",
        "examples_en": "where is {number}",
        "method": "GET",
        "url": "https://shop.example/orders/{number}",
        "fields": '{"status": "status"}',
        "answer_en": "{status}",
        "timeout_s": "5",
        "headers": "Authorization: Bearer hush",
        **{f"slots-{name}": value for name, value in {**slots, **{f"0-{key}": value for key, value in slot.items()}}.items()},
        **more,
    }


def test_a_lookup_is_made_and_its_headers_are_kept_but_never_shown(admin: Client) -> None:
    assert admin.post(reverse(ADD), form()).status_code == 302
    lookup = Lookup.objects.get()
    assert "hush" not in lookup.sealed_headers
    assert unseal(lookup.sealed_headers) == "Authorization: Bearer hush"
    change = reverse("admin:lookups_lookup_change", args=[lookup.pk])
    assert "hush" not in admin.get(change).content.decode()
    slot = {"slots-INITIAL_FORMS": "1", "slots-0-id": str(lookup.slots.get().pk), "slots-0-lookup": str(lookup.pk)}
    kept = form(headers="", **slot)
    assert admin.post(change, kept).status_code == 302
    assert unseal(Lookup.objects.get().sealed_headers) == "Authorization: Bearer hush"
    admin.post(change, {**kept, "forget_headers": "on"})
    assert Lookup.objects.get().sealed_headers == ""


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"url": "https://{number}.example/"}, "No value may stand in the host"),
        ({"url": "shop.example"}, "http:// or https://"),
        ({"url": "https://ann:pw@shop.example/"}, "Write no password"),
        ({"fields": '["status"]'}, "Write a name for each path"),
        ({"examples_en": ""}, "Write some examples"),
        ({"headers": "no colon"}, "as Name: value"),
        ({"headers": "X: \u00e9"}, "as Name: value"),
        ({"timeout_s": "600"}, "15"),
        ({"slots-0-pattern": "["}, "no regular expression"),
        ({"slots-0-sample": "Z"}, "does not fit"),
        ({"answer_en": "{colour}"}, "{colour} is neither a value below nor a field"),
        ({"url": "https://shop.example/{sku}"}, "{sku} is neither a value below nor a field"),
        ({"answer_en": " "}, "Write an answer"),
        ({"headers": "Content-Length: 3"}, "Content-Length is set by the connection"),
        *(({"slots-0-pattern": pattern}, "takes too long") for pattern in ("a{9999999}", "(?:(?:a?){99}){99}", "(?R)", "(?:a){e<=3}")),
    ],
)
def test_what_cannot_work_is_refused_with_what_to_do(admin: Client, wrong: dict[str, str], words: str) -> None:
    page = admin.post(reverse(ADD), form(**wrong))
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not Lookup.objects.exists()


def test_it_is_tried_out_against_the_real_system(admin: Client, lookup: Lookup, server: ThreadingHTTPServer) -> None:
    url = reverse("admin:lookup_try", args=[lookup.pk])
    assert 'value="T100"' in admin.get(url).content.decode()
    page = admin.post(url, {"number": "T100"}).content.decode()
    assert "Order T100 is on its way, last seen in Wuhan." in page
    assert "hush" not in page
    assert "There is no order T999." in admin.post(url, {"number": "T999"}).content.decode()


def test_headers_do_not_follow_the_address_to_another_host(admin: Client, lookup: Lookup) -> None:
    page = reverse("admin:lookups_lookup_change", args=[lookup.pk])
    told = form(url="https://mine.example/{number}")
    told |= {"headers": "", "slots-INITIAL_FORMS": "1", "slots-0-id": str(lookup.slots.get().pk), "slots-0-lookup": str(lookup.pk)}
    assert "leads to another host" in admin.post(page, told).content.decode()
    assert admin.post(page, {**told, "headers": "Authorization: Bearer mine"}).status_code == 302


@pytest.mark.parametrize("role", ["editor", "agent", "viewer"])
def test_only_administrators_come_in(client: Client, lookup: Lookup, company: Company, role: str) -> None:
    client.force_login(agent_of(company, "joe", role).user)
    assert client.get(reverse("admin:lookups_lookup_changelist")).status_code == 403
    assert client.get(reverse("admin:lookups_lookup_change", args=[lookup.pk])).status_code in (302, 403)


def test_another_companys_lookup_is_not_there(client: Client, lookup: Lookup) -> None:
    other: Any = agent_of(Company.objects.create(name="Else", slug="else"), "eve", "admin")
    client.force_login(other.user)
    assert client.get(reverse("admin:lookup_try", args=[lookup.pk])).status_code == 404
    assert "orders" not in client.get(reverse("admin:lookups_lookup_changelist")).content.decode().partition("result_list")[2]
