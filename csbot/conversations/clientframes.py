"""Reading what a client sends: one JSON object, a known type, the fields that `events.py` names, nothing longer than it may be.

Whatever is wrong becomes Refused with the name of the field; nothing here raises anything else.
"""

from __future__ import annotations

import json
from typing import Any, Literal, NotRequired, get_args, get_origin, get_type_hints

from csbot.conversations.errors import Refused
from csbot.conversations.events import CLIENT_FRAMES

MAX_BYTES = 64 * 1024
MAX_STRING = 32 * 1024


def read_frame(raw: str) -> tuple[str, dict[str, Any]]:
    """(type, data) of a client's frame."""
    if len(raw) > MAX_BYTES:
        raise Refused("too_long", limit=MAX_BYTES, length=len(raw))
    try:
        envelope = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_json") from error
    if not isinstance(envelope, dict) or envelope.get("type") not in CLIENT_FRAMES:
        raise Refused("bad_frame", field="type")
    data = envelope.get("data") or {}
    if not isinstance(data, dict):
        raise Refused("bad_frame", field="data")
    return envelope["type"], _checked(CLIENT_FRAMES[envelope["type"]], data)


def _checked(shape: Any, data: dict[str, Any]) -> dict[str, Any]:
    """Only the fields of the shape, each of its type."""
    checked: dict[str, Any] = {}
    # Annotations are text here (PEP 563), so __required_keys__ takes every field for required: read the marker itself.
    for name, hint in get_type_hints(shape, include_extras=True).items():
        is_required, wanted = get_origin(hint) is not NotRequired, get_args(hint)[0] if get_origin(hint) is NotRequired else hint
        if name in data and data[name] is not None:
            if not _fits(data[name], wanted):
                raise Refused("bad_frame", field=name)
            checked[name] = data[name]
        elif is_required:
            raise Refused("bad_frame", field=name)
    return checked


def _fits(value: Any, wanted: Any) -> bool:
    if get_origin(wanted) is Literal:
        return type(value) is not bool and value in get_args(wanted)
    if get_origin(wanted) is list:
        return isinstance(value, list) and len(value) <= 10 and all(_fits(item, get_args(wanted)[0]) for item in value)
    if wanted is int:
        return type(value) is int and 0 <= value < 2**31
    return isinstance(value, str) and len(value) <= MAX_STRING
