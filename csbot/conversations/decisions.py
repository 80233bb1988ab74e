"""A decision as JSON: stored with the turn by the first half of the pipeline, read again by the second on another machine."""

from __future__ import annotations

from dataclasses import asdict
from dataclasses import fields as fields_of
from typing import Any

from csbot.conversations.contracts import Decision
from knowledge.contracts import Evidence


def decision_pack(decision: Decision) -> dict[str, Any]:
    packed = asdict(decision)
    packed.pop("trace")
    return packed


def decision_unpack(data: dict[str, Any]) -> Decision:
    """What stands beside a decision in its turn (the cache's keys, a check's outcome) is no part of it."""
    names = {field.name for field in fields_of(Decision)}
    fields = {key: value for key, value in data.items() if key in names}
    fields["evidence"] = tuple(Evidence(**item) for item in data["evidence"])
    fields["options"] = tuple(data["options"])
    fields["sources"] = tuple(data["sources"])
    fields["about"] = tuple(data.get("about", ()))
    return Decision(**fields)
