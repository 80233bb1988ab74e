"""The TypeScript side of the wire, written from csbot.conversations.events: one definition for both ends.

Knows TypedDicts and how TypeScript names their types. A test compares the committed file with what this writes.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from csbot.conversations import events
from csbot.env import BASE_DIR

PATH = BASE_DIR / "csbot" / "widget" / "frontend" / "src" / "frames.ts"
PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null", Any: "unknown"}


def frames_as_typescript() -> str:
    lines = ["// Written by `manage.py write_frame_types` from csbot/conversations/events.py. Do not edit.", ""]
    for shape in _shapes():
        lines += [*_interface(shape), ""]
    for name, table in (("ClientFrame", events.CLIENT_FRAMES), ("DurableFrame", events.DURABLE_FRAMES), ("PassingFrame", events.PASSING_FRAMES)):
        lines += [f"export type {name} = {_union(table)};"]
    return "\n".join(lines) + "\n"


def _union(names: Iterable[str]) -> str:
    return " | ".join(f'"{name}"' for name in names)


def _shapes() -> Iterator[Any]:
    """Every TypedDict of the module, in its order."""
    yield from (value for value in vars(events).values() if is_typeddict(value))


def _interface(shape: Any) -> list[str]:
    lines = [f"export interface {shape.__name__} {{"]
    for field, hint in get_type_hints(shape, include_extras=True).items():
        is_optional = get_origin(hint) is NotRequired
        inner = get_args(hint)[0] if is_optional else hint
        lines.append(f"  {field}{'?' if is_optional else ''}: {typescript(inner)};")
    return [*lines, "}"]


def typescript(hint: Any) -> str:
    if hint in PLAIN:
        return PLAIN[hint]
    if is_typeddict(hint):
        return str(hint.__name__)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " | ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in arguments)
    if origin is list:
        inner = typescript(arguments[0])
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if origin is dict:
        return f"Record<{typescript(arguments[0])}, {typescript(arguments[1])}>"
    if origin in (Union, types.UnionType):
        return " | ".join(typescript(argument) for argument in arguments)
    raise TypeError(f"no TypeScript type for {hint!r}")
