"""A message sign by sign, each folded by itself, so that places in the folded message are places in the message."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
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
        base, *marks = unicodedata.normalize("NFD", plain) or " "
        plain = "v" if base == "u" and _DIAERESIS in marks else base if base.isascii() and marks else plain
    return plain if len(plain) == 1 else sign


@lru_cache(maxsize=1)
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")
