"""Finds sums that nobody gave: "100 × 2 = 200". Every number in one may stand in the evidence, and the sum be wrong all the same.

Knows signs and what stands beside them. Does not reckon.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_SIGN = re.compile("[=×÷≈]")
_TIMES = re.compile(r"(?<=\d)[x*](?=\d)|[✕✖]")
_BESIDE = 2  # characters on each side that have to stand there in what was given


def is_reckoned(text: str, given: Iterable[str]) -> bool:
    """Whether a sign of a sum in the text stands nowhere so in what was given."""
    said = _bare(text)
    signs = [said[max(0, sign.start() - _BESIDE) : sign.end() + _BESIDE] for sign in _SIGN.finditer(said)]
    return bool(signs) and not _all_in(signs, [_bare(one) for one in given])


def _all_in(parts: list[str], texts: list[str]) -> bool:
    return all(any(part in text for text in texts) for part in parts)


def _bare(text: str) -> str:
    """Without spaces, and every way to write "times" the same."""
    return _TIMES.sub("×", "".join(unicodedata.normalize("NFKC", text).casefold().split()))
