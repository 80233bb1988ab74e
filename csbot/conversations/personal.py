"""Whether a message names somebody or something of somebody's: such questions and their answers are never kept for others. And traces
without it: what a visitor said stands in their message alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from knowledge import facade as knowledge

# A number of five digits and more (also with spaces or hyphens between), or letters and digits in one word: A1001.
_NUMBERED = re.compile(r"\d(?:[ \-.]?\d){4,}|\b(?=[a-z0-9_-]*\d)(?=[a-z0-9_-]*[a-z])[a-z0-9_-]{4,}\b", re.IGNORECASE | re.ASCII)
_NUMBERS = ("vectors", "now")  # parts of a trace that are no words


def is_personal(text: str) -> bool:
    """More than is masked: an order's number is somebody's too."""
    return bool(_NUMBERED.search(unicodedata.normalize("NFKC", text))) or knowledge.holds_personal(text)


def trace_masked(trace: Mapping[str, Any]) -> dict[str, Any]:
    """Every word of a trace, whichever part wrote it. A replay that lost some says so."""
    masked: dict[str, Any] = _masked(trace)
    if "replay" in trace and masked["replay"] != trace["replay"]:
        masked["replay"]["masked"] = True
    return masked


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return knowledge.mask_personal(value)
    if isinstance(value, Mapping):
        return {name: part if name in _NUMBERS else _masked(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(part) for part in value]
    return value
