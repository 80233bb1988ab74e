"""Requests from us into other people's networks: one door, with what keeps it from being turned against our own.

The host is resolved once, every address of it must be public (or allowed by the operator as host:port), and the connection goes to the
address that was checked, so that a name that changes in between leads nowhere (DNS rebinding). No redirects; one deadline for all of it;
a reply is read up to a limit. See OWASP, Server-Side Request Forgery Prevention.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx


class OutboundRefused(Exception):
    """Nothing was sent. `code`: bad_url, not_public, not_found."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


class OutboundFailed(Exception):
    """It was sent, or tried to be, and no whole reply came. `code`: timeout, unreachable, too_large."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


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
    except httpx.HTTPError as error:
        raise OutboundFailed("unreachable", type(error).__name__) from error
    return Reply(status, body, round((time.perf_counter() - start) * 1000), kind)


async def _exchange(request: _Request) -> tuple[int, bytes, str]:
    scheme, host, port = _parts(request.url)
    address = await _checked_address(host, port, request.allowed)
    named = httpx.URL(request.url)
    sent = {**request.headers, "Host": named.netloc.decode("ascii")}
    options = {"sni_hostname": host} if scheme == "https" else {}
    async with (
        httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=None) as client,
        client.stream(request.method, named.copy_with(host=address), headers=sent, content=request.content, extensions=options) as answer,
    ):
        body = b""
        async for piece in answer.aiter_bytes():
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
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutboundRefused("not_found", host) from error
    addresses = [str(item[4][0]) for item in found]
    if f"{host}:{port}" not in allowed and not all(is_public(address) for address in addresses):
        raise OutboundRefused("not_public", host)
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address belongs to the internet at large; one inside another (mapped, 6to4, NAT64) is judged as well."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else None)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
