"""A message sign by sign, each folded by itself, so that places in the folded message are places in the message."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

HAN_SIGNS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
HAN = re.compile(f"[{HAN_SIGNS}]")
_DIAERESIS = "\u0308"


def folded(text: str) -> str:
    """As long as the text: half width, lower case, simplified, letters without tones; ü is v."""
    return "".join(map(_folded, text))


@lru_cache(maxsize=8192)
def _folded(sign: str) -> str:
    plain = unicodedata.normalize("NFKC", sign).lower()
    if len(plain) == 1 and HAN.match(plain):
        plain = _simplifier().convert(plain)
    elif sign > "\x7f":
        apart = unicodedata.normalize("NFD", plain)
        base, marks = apart[:1], apart[1:]
        plain = "v" if base == "u" and _DIAERESIS in marks else base if base.isascii() and marks else plain
    return plain if len(plain) == 1 else sign


@lru_cache(maxsize=1)
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")
