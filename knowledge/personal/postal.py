"""Postal addresses in both languages. Knows folded texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.personal.kinds import Found
from knowledge.personal.postal_en import english_in
from knowledge.personal.postal_zh import chinese_in

# Signs without which there is none, to be done soon with most texts.
_ENGLISH = re.compile(r"\d[A-Za-z]?(?:-\d{1,5})?,? [A-Za-z0-9]|Box \d|[FAD]PO [A-Z]", re.IGNORECASE)
_CHINESE = re.compile("[号弄栋幢座室组舍村]|单元|社区")


def addresses_in(text: str) -> Iterator[Found]:
    if _ENGLISH.search(text):
        yield from (("address", *place) for place in english_in(text))
    if not text.isascii() and _CHINESE.search(text):
        yield from (("address", *place) for place in chinese_in(text))
