"""Asks the company's system and tells its reply in the template's words. Knows the lookup's row and the network; decides no route."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from django.conf import settings

from csbot.lib.outbound import OutboundFailed, OutboundRefused, allowed_for, outbound_send
from csbot.lib.sealed import unseal
from csbot.lookups.checking import PLACE
from csbot.lookups.models import Lookup

MAX_BYTES = 64 * 1024
MAX_VALUE = 300
PART = re.compile(r"\[([^\[\]]*\{\w+\}[^\[\]]*)\]")
PLACE_IN_LIST = re.compile(r"[0-9]{1,6}")
UNSAYABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # what no database keeps, and nobody sees
Outcome = Literal["found", "unknown", "failed"]


@dataclass(frozen=True, slots=True)
class Called:
    """`why` names what went wrong for the trace and the tester; `fields` are texts, ready for the template."""

    outcome: Outcome
    fields: Mapping[str, str]
    status: int | None = None
    ms: int = 0
    why: str = ""
    body: str = ""


def lookup_call(lookup: Lookup, values: Mapping[str, str]) -> Called:
    """Never raises for what a system far away does: a reply that cannot be used is `failed`, with the reason."""
    headers = {"Accept": "application/json", "User-Agent": "csbot", **headers_of(lookup)}
    content = None
    if lookup.method == Lookup.Method.POST:
        content = json.dumps(dict(values)).encode()
        headers["Content-Type"] = "application/json"
    try:
        reply = outbound_send(
            lookup.method,
            address_of(lookup.url, values),
            headers=headers,
            content=content,
            timeout_s=lookup.timeout_s,
            max_bytes=MAX_BYTES,
            allowed=allowed_for(lookup.company.slug, settings.CSBOT.outbound_allow),
        )
    except (OutboundRefused, OutboundFailed) as error:
        return Called("failed", {}, why=str(error))
    body = reply.body.decode("utf-8", "replace")
    if reply.status in (404, 410):
        return Called("unknown", {}, reply.status, reply.ms, body=body)
    if reply.status != 200:
        return Called("failed", {}, reply.status, reply.ms, why=f"status {reply.status}", body=body)
    return _read(lookup, body, reply.ms)


def _read(lookup: Lookup, body: str, ms: int) -> Called:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return Called("failed", {}, 200, ms, why="no JSON", body=body)
    fields = {name: _text(_at(data, path)) for name, path in lookup.fields.items()}
    return Called("found", {name: text for name, text in fields.items() if text is not None}, 200, ms, body=body)


def address_of(url: str, values: Mapping[str, str]) -> str:
    """Values are encoded whole: a slash, a dot-dot or a question mark in one changes nothing of the address around it."""
    return PLACE.sub(lambda place: quote(values.get(place[1], ""), safe="").replace(".", "%2E"), url)


def headers_of(lookup: Lookup) -> dict[str, str]:
    lines = (line.partition(":") for line in unseal(lookup.sealed_headers).splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, _, value in lines}


def told(template: str, values: Mapping[str, str]) -> str | None:
    """A [part in brackets] is left out where it names what is not there. None where the rest does: half an answer is none."""
    template = PART.sub(lambda part: part[1] if all(name in values for name in PLACE.findall(part[1])) else "", template)
    if any(name not in values for name in PLACE.findall(template)) or not template.strip():
        return None
    return PLACE.sub(lambda place: values[place[1]], template)


def _at(data: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and PLACE_IN_LIST.fullmatch(step) and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return None
    return UNSAYABLE.sub("", " ".join(str(value).split()))[:MAX_VALUE]
