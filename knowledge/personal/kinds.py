"""The kinds of personal data, and the words that stand in their place. Knows no text."""

from __future__ import annotations

import re
from typing import Literal

# Who is believed first where two say something of the same place.
Kind = Literal["email", "id", "card", "passport", "ip", "phone", "address"]
Found = tuple[Kind, int, int]

_ENGLISH: dict[Kind, str] = {
    "email": "e-mail",
    "id": "ID number",
    "card": "bank card",
    "passport": "passport",
    "ip": "IP address",
    "phone": "phone",
    "address": "address",
}
_CHINESE: dict[Kind, str] = {
    "email": "邮箱",
    "id": "证件号",
    "card": "银行卡",
    "passport": "护照号",
    "ip": "IP 地址",
    "phone": "电话",
    "address": "地址",
}
WORDS: dict[str, dict[Kind, str]] = {"en": _ENGLISH, "zh": _CHINESE}
MASKED = re.compile(rf"\[(?:{'|'.join(word for words in WORDS.values() for word in words.values())})\]")
KINDS: list[Kind] = list(_ENGLISH)
