"""Requests from us into other people's networks: one door, with what keeps it from being turned against our own.

The host is resolved once, every address of it must be public (or allowed by the operator as host:port), and the connection goes to the
address that was checked, so that a name that changes in between leads nowhere (DNS rebinding). No redirects; one deadline for all of it;
a reply is read up to a limit and as it is: one that was packed could unpack to anything. See OWASP, Server-Side Request Forgery Prevention.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import h11
import httpx

# Set by us or by the connection: in anybody else's hands they would say something else than what is sent (RFC 9110, 7.6.1; RFC 9112, 11.2).
OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "upgrade", "te", "trailer", "keep-alive", "expect"}
)
# Of our own, so that nobody waits for a name server that takes its time, not even when the deadline is over.
_RESOLVERS = ThreadPoolExecutor(16, thread_name_prefix="resolve")


class OutboundRefused(Exception):
    """Nothing was sent. `code`: bad_url, not_public, not_found."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


class OutboundFailed(Exception):
    """It was sent, or tried to be, and no whole reply came. `code`: timeout, unreachable, too_large, packed."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


def allowed_for(company: str, entries: Collection[str]) -> list[str]:
    """Of the operator's entries those that hold for a company: "host:port" for every one, "company/host:port" for that one alone."""
    return [host for owner, _, host in (entry.rpartition("/") for entry in entries) if owner in ("", company)]


def may_be_reached(url: str, entries: Collection[str]) -> bool:
    """As far as the address itself tells, without a look at name servers. `entries` as the operator wrote them, whosever they are."""
    try:
        _scheme, host, port = _parts(url)
    except OutboundRefused:
        return False
    if any(entry.rpartition("/")[2] == f"{host}:{port}" for entry in entries):
        return True
    try:
        return is_public(host)
    except ValueError:  # a name
        return host.lower() != "localhost" and not host.lower().endswith((".localhost", ".local", ".internal"))


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    ms: int
    content_type: str = ""


def outbound_send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    timeout_s: float,
    max_bytes: int,
    allowed: Collection[str] = (),
) -> Reply:
    """`allowed`: "host:port" of what may be reached although it is not public. Raises `OutboundRefused`, `OutboundFailed`."""
    return asyncio.run(_send(_Request(method, url, dict(headers or {}), content, max_bytes, frozenset(allowed)), timeout_s))


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None
    max_bytes: int
    allowed: frozenset[str]


async def _send(request: _Request, timeout_s: float) -> Reply:
    start = time.perf_counter()
    try:
        async with asyncio.timeout(timeout_s):
            status, body, kind = await _exchange(request)
    except TimeoutError as error:
        raise OutboundFailed("timeout", f"{timeout_s} s") from error
    except (httpx.HTTPError, h11.ProtocolError) as error:
        raise OutboundFailed("unreachable", type(error).__name__) from error
    return Reply(status, body, round((time.perf_counter() - start) * 1000), kind)


async def _exchange(request: _Request) -> tuple[int, bytes, str]:
    scheme, host, port = _parts(request.url)
    address = await _checked_address(host, port, request.allowed)
    named = httpx.URL(request.url)
    own = {name: value for name, value in request.headers.items() if name.lower() not in OURS}
    sent = {**own, "Host": named.netloc.decode("ascii"), "Accept-Encoding": "identity"}
    options = {"sni_hostname": host} if scheme == "https" else {}
    async with (
        httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=None) as client,
        client.stream(request.method, named.copy_with(host=address), headers=sent, content=request.content, extensions=options) as answer,
    ):
        if answer.headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise OutboundFailed("packed", answer.headers["content-encoding"][:40])
        body = b""
        async for piece in answer.aiter_raw():
            body += piece
            if len(body) > request.max_bytes:
                raise OutboundFailed("too_large", f"{request.max_bytes} bytes")
        return answer.status_code, body, answer.headers.get("content-type", "")


def _parts(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL) as error:
        raise OutboundRefused("bad_url") from error
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise OutboundRefused("bad_url")
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80)


async def _checked_address(host: str, port: int, allowed: frozenset[str]) -> str:
    try:
        found = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        raise OutboundRefused("not_found", host) from error
    addresses = [str(item[4][0]) for item in found]
    if f"{host}:{port}" not in allowed and not all(is_public(address) for address in addresses):
        raise OutboundRefused("not_public", host)
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address belongs to the internet at large; one inside another (mapped, 6to4, NAT64, ISATAP) is judged as well."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv4Address):
        return found.is_global and not found.is_multicast and found != _HOST_OF_AZURE
    inner = found.ipv4_mapped or found.sixtofour or _inner(found)
    if inner is not None:
        return is_public(str(inner))
    return found in _GLOBAL_UNICAST and found.is_global and found not in _DOCUMENTATION


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """RFC 6052 (NAT64) and RFC 5214 (ISATAP)."""
    is_isatap = (int(address) >> 32 & 0xFFFFFFFF) in (0x00005EFE, 0x02005EFE)
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 or is_isatap else None


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # all that was ever given out to the internet (RFC 4291)
_DOCUMENTATION = ipaddress.ip_network("3fff::/20")  # RFC 9637; newer than Python's own list
_HOST_OF_AZURE = ipaddress.IPv4Address("168.63.129.16")  # a public number that leads to the machine's own host
