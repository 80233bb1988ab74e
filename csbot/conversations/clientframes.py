"""Reading what a client sends: one JSON object, a known type, the fields that `events.py` names, and text that can be stored.

Whatever is wrong becomes Refused with the name of the field; nothing here raises anything else. How long a text may be is the services'
business; how long a frame may be, the server's (`--ws-max-size`).
"""

from __future__ import annotations

import json
from typing import Any, Literal, NotRequired, get_args, get_origin, get_type_hints

from csbot.conversations.errors import Refused
from csbot.conversations.events import CLIENT_FRAMES

MAX_CLIENT_ID = 64


def open_frame(raw: str) -> tuple[str, dict[str, Any]]:
    """(type, data) of a client's frame, with data as it came."""
    try:
        envelope = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_json") from error
    type_ = envelope.get("type") if isinstance(envelope, dict) else None
    if not isinstance(type_, str) or type_ not in CLIENT_FRAMES:
        raise Refused("bad_frame", field="type")
    data = envelope.get("data") or {}
    if not isinstance(data, dict):
        raise Refused("bad_frame", field="data")
    return type_, data


def checked(type_: str, data: dict[str, Any]) -> dict[str, Any]:
    """Only the fields of this type of frame, each of its own type."""
    fields: dict[str, Any] = {}
    # Annotations are text here (PEP 563), so __required_keys__ takes every field for required: read the marker itself.
    for name, hint in get_type_hints(CLIENT_FRAMES[type_], include_extras=True).items():
        is_required, wanted = get_origin(hint) is not NotRequired, get_args(hint)[0] if get_origin(hint) is NotRequired else hint
        if name in data and data[name] is not None:
            if not _fits(data[name], wanted):
                raise Refused("bad_frame", field=name)
            fields[name] = storable(data[name])
        elif is_required:
            raise Refused("bad_frame", field=name)
    return fields


def client_id_of(data: dict[str, Any]) -> str | None:
    """The id under which an error is told, also where the rest of the frame is unusable."""
    client_id = data.get("client_id")
    if not isinstance(client_id, str) or len(client_id) > MAX_CLIENT_ID:
        return None
    text: str = storable(client_id)
    return text


def storable(value: Any) -> Any:
    """Without NUL, which PostgreSQL cannot store, and lone surrogates, which nobody can: both are noise of broken clients."""
    if isinstance(value, list):
        return [storable(item) for item in value]
    return value.replace("\0", "").encode("utf-8", "ignore").decode() if isinstance(value, str) else value


def _fits(value: Any, wanted: Any) -> bool:
    if get_origin(wanted) is Literal:
        return any(type(value) is type(one) and value == one for one in get_args(wanted))
    if get_origin(wanted) is list:
        return isinstance(value, list) and len(value) <= 10 and all(_fits(item, get_args(wanted)[0]) for item in value)
    if wanted is int:
        return type(value) is int and 0 <= value < 2**31
    return isinstance(value, str)
