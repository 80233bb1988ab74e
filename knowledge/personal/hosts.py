"""Internet addresses of version 4 and 6, as far as they are somebody's: not those of every machine, and no versions. Knows folded texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address, ip_network

from knowledge.personal.beside import names_a_host, names_a_version
from knowledge.personal.kinds import Found

_DOT = r"(?:[.。]|\[\.\]|\(\.\))"
_FOUR = re.compile(rf"(?<![0-9A-Za-z])(?<!\d[.])\d{{1,3}}(?:{_DOT}\d{{1,3}}){{3}}(?![0-9A-Za-z]|{_DOT}\d)")
_SIX = re.compile(r"(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?![0-9A-Za-z:])")
_SMALL = 32  # numbers of versions and chapters; one address in four thousand is of such numbers alone
_EVERYBODYS = {"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "114.114.114.114", "223.5.5.5", "119.29.29.29"}

_PRIVATE = [ip_network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10")]


def hosts_in(text: str) -> Iterator[Found]:
    if text.count(".") + text.count("。") > 2:
        yield from _four(text)
    if text.count(":") > 1:
        yield from _six(text)


def _four(text: str) -> Iterator[Found]:
    for found in _FOUR.finditer(text):
        written = ".".join(re.findall(r"\d+", found[0]))
        try:
            address = IPv4Address(written)
        except AddressValueError:
            continue
        if written in _EVERYBODYS or address.is_loopback or address.is_multicast or written.startswith(("0.", "255.")):
            continue
        is_small = all(int(part) < _SMALL for part in written.split("."))
        is_pinned = text[max(0, found.start() - 2) : found.start()] in ("==", ">=", "<=", "~=", "!=")
        if is_pinned or names_a_version(text, found.start()) or (is_small and not names_a_host(text, found.start())):
            continue
        yield "ip", found.start(), found.end()


def _six(text: str) -> Iterator[Found]:
    for found in _SIX.finditer(text):
        written = re.sub("^:(?!:)", "", found[0])  # the colon of what leads to it
        parts = [part for part in written.split(":") if part]
        if len(parts) < 3 or not any(map(str.isdigit, written)):
            continue
        try:
            IPv6Address(written)
        except AddressValueError:
            continue
        yield "ip", found.end() - len(written), found.end()


def is_private(written: str) -> bool:
    try:
        address = ip_address(written)
    except ValueError:
        return False
    return any(address in network for network in _PRIVATE)
