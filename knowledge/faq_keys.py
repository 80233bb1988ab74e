"""Keys of FAQs that mean something else: in tables of questions, and where a visitor says that none of the offered questions is theirs."""

from __future__ import annotations

NONE = "NONE"
_RESERVED = frozenset({"none", "-", "无"})


def is_reserved(key: str) -> bool:
    """No FAQ is given such a key; one that an older version let have it keeps it."""
    return key.casefold() in _RESERVED
