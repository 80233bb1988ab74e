"""A decision as JSON: stored with the turn by the first half of the pipeline, read again by the second on another machine."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from csbot.conversations.contracts import Decision
from knowledge.contracts import Evidence


def decision_pack(decision: Decision) -> dict[str, Any]:
    packed = asdict(decision)
    packed.pop("trace")
    return packed


def decision_unpack(data: dict[str, Any]) -> Decision:
    fields = {key: value for key, value in data.items() if key != "cache_key"}
    fields["evidence"] = tuple(Evidence(**item) for item in data["evidence"])
    fields["options"] = tuple(data["options"])
    fields["sources"] = tuple(data["sources"])
    fields["about"] = tuple(data.get("about", ()))
    return Decision(**fields)
