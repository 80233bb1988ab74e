"""What comes back from a company's system, and what never goes out."""

from __future__ import annotations

import socket
import threading
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from csbot.accounts.models import Company
from csbot.lib.outbound import OutboundFailed, OutboundRefused, is_public, outbound_send
from csbot.lib.sealed import seal
from csbot.lookups.calling import address_of, lookup_call, told
from csbot.lookups.models import Lookup
from tests.csbot.lookups.systems import host_of, lookup_at


def test_an_order_is_found_with_its_fields(lookup: Lookup, server: ThreadingHTTPServer) -> None:
    called = lookup_call(lookup, {"number": "T100"})
    assert (called.outcome, called.fields) == ("found", {"status": "on its way", "place": "Wuhan"})
    method, path, headers = server.asked[0]  # type: ignore[attr-defined]
    assert (method, path, headers["Authorization"], headers["Host"]) == ("GET", "/orders/T100", "Bearer hush", host_of(server))


def test_what_the_system_does_not_know_is_unknown(lookup: Lookup) -> None:
    assert lookup_call(lookup, {"number": "T999"}).outcome == "unknown"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/slow/", "timeout"),
        ("/huge/", "too_large"),
        ("/packed/", "packed"),
        ("/elsewhere/", "status 302"),
        ("/words/", "no JSON"),
        ("/deep/", "no JSON"),
        ("/broken/", "status 500"),
    ],
)
def test_a_reply_that_cannot_be_used_says_why(server: ThreadingHTTPServer, company: Company, path: str, why: str) -> None:
    timeout_s = 1 if path == "/slow/" else 10
    called = lookup_call(lookup_at(server, company, path + "{number}", timeout_s=timeout_s), {"number": "T100"})
    assert called.outcome == "failed"
    assert why in called.why


def test_a_system_that_is_away_has_failed(company: Company, server: ThreadingHTTPServer) -> None:
    lookup = lookup_at(server, company)
    server.server_close()
    server.shutdown()
    assert "unreachable" in lookup_call(lookup, {"number": "T100"}).why


# --- what must not be reached ----------------------------------------------------------------------------------------


STRANGE = ["64:ff9b:1::7f00:1", "::127.0.0.1", "::ffff:0:127.0.0.1", "fec0::1", "3fff::1", "5f00::1", "2606:4700::5efe:10.0.0.1", "168.63.129.16"]
INNER = ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.0", "::1", "fe80::1%eth0", "fd00::1"]  # noqa: S104
HIDDEN = ["::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1"]  # an inner address inside another


@pytest.mark.parametrize("address", [*INNER, *HIDDEN, *STRANGE])
def test_inner_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_of_the_internet_are(address: str) -> None:
    assert is_public(address)


def test_a_system_inside_is_refused_unless_its_host_and_port_are_allowed(lookup: Lookup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.CSBOT, "outbound_allow", ["127.0.0.1:1"])
    called = lookup_call(lookup, {"number": "T100"})
    assert (called.outcome, "not_public" in called.why) == ("failed", True)


def test_what_one_company_may_reach_another_may_not(lookup: Lookup, server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.CSBOT, "outbound_allow", [f"else/{host_of(server)}"])
    assert "not_public" in lookup_call(lookup, {"number": "T100"}).why
    monkeypatch.setattr(settings.CSBOT, "outbound_allow", [f"{lookup.company.slug}/{host_of(server)}"])
    assert lookup_call(lookup, {"number": "T100"}).outcome == "found"


def test_one_inner_address_among_several_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(OutboundRefused, match="not_public"):
        outbound_send("GET", "https://example.com/", timeout_s=1, max_bytes=10)


def test_a_slow_name_server_holds_nobody_longer_than_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: is_over.wait(30) and [])
    with pytest.raises(OutboundFailed, match="timeout"):
        outbound_send("GET", "https://example.com/", timeout_s=0.1, max_bytes=10)
    is_over.set()  # had the call waited for it, this would never have been reached


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding", "Host", "Connection"])
def test_headers_of_the_connection_itself_are_not_sent(lookup: Lookup, server: ThreadingHTTPServer, name: str) -> None:
    lookup.method, lookup.sealed_headers = "POST", seal(f"{name}: 3\nX-Own: kept")
    assert lookup_call(lookup, {"number": "T100"}).outcome == "found"
    ((_, _, sent),) = server.asked  # type: ignore[attr-defined]
    assert sent["X-Own"] == "kept"
    assert sent.get(name.title(), "") != "3"


def test_what_cannot_be_stored_is_left_out_of_a_reply(server: ThreadingHTTPServer, company: Company) -> None:
    assert lookup_call(lookup_at(server, company, "/unsayable/{number}"), {"number": "T100"}).fields["status"] == "on its way"


@pytest.mark.parametrize("path", ["order.parcels.².place", "order.parcels." + "9" * 5000, "order.parcels.-1.place"])
def test_a_place_that_a_list_does_not_have_is_missing(server: ThreadingHTTPServer, company: Company, path: str) -> None:
    found = lookup_call(lookup_at(server, company, fields={"place": path}), {"number": "T100"})
    assert (found.outcome, found.fields) == ("found", {})


@pytest.mark.parametrize("url", ["ftp://example.com/", "file:///etc/passwd", "http://", "http://u:p@example.com/", "http://[::1", "gopher://x/"])
def test_only_plain_web_addresses_are_asked(url: str) -> None:
    with pytest.raises(OutboundRefused, match="bad_url"):
        outbound_send("GET", url, timeout_s=1, max_bytes=10)


@given(st.text(max_size=30))
def test_a_value_never_changes_the_address_around_it(value: str) -> None:
    address = address_of("https://shop.example/orders/{number}?lang=en", {"number": value})
    start, end = "https://shop.example/orders/", "?lang=en"
    assert address.startswith(start)
    assert address.endswith(end)
    assert not set(address[len(start) : -len(end)]) & set("/?#.@:\\ ")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{a} is {b}", "1 is 2"),
        ("{a}[, then {c}][, or {b}]", "1, or 2"),
        ("{a} and {c}", None),
        ("[{c}]", None),
        ("{a} [as said]", "1 [as said]"),
    ],
)
def test_half_an_answer_is_none(template: str, text: str | None) -> None:
    values: dict[str, Any] = {"a": "1", "b": "2"}
    assert told(template, values) == text
